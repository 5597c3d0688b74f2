import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../../..");

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: { remedy?: string } }[];
  }[];
}

test("every figure that an alert asks for is one that a station gives", async () => {
  const { groups } = parse(await readFile(join(root, "infra/monitoring/yizhan.rules.yml"), "utf8")) as Rules;
  const given = new Set<string>();
  for (const folder of ["apps/station/src/metrics", "apps/station/src/backup", "apps/speech/src/spread"])
    for (const name of (await readdir(join(root, folder))).filter((each) => each.endsWith(".ts")))
      for (const [, metric = ""] of (await readFile(join(root, folder, name), "utf8")).matchAll(/"(yizhan_[a-z_]+)"/g))
        given.add(metric);
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.map((rule) => rule.alert)).toEqual(expect.arrayContaining(["BackupStale", "RestoreUntested", "StationGone"]));
  for (const { alert, expr, annotations } of rules) {
    expect(annotations.remedy, alert).toBeTruthy();
    for (const [metric] of expr.matchAll(/yizhan_[a-z_]+/g))
      expect([...given], alert).toContain(metric.replace(/_(?:bucket|count|sum)$/, ""));
  }
});
