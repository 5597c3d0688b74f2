import { join } from "node:path";
import { expect, test } from "vitest";
import { loadRegion } from "../load.ts";
import { judge, violations } from "./judge.ts";
import { loadLawPack } from "./load.ts";
import { overrideSchema, withOverrides } from "./override.ts";

const directory = join(import.meta.dirname, "../../../../regions");
const override = {
  flow: "records",
  by: "Ana Sitoe, director of the clinic",
  reason: "Licence 17/2026 of the ministry lets records stand in South Africa for one year",
  until: "2027-06-30",
};

async function abroad() {
  const region = await loadRegion(directory, "CN");
  const pack = await loadLawPack(directory, region.law);
  return judge({ ...region, hosting: [{ kind: "debian", country: "ZA" }] }, pack);
}

test("a person's word lifts what it names, until its day, and nothing else", async () => {
  const judgements = await abroad();
  expect(violations(judgements).map((one) => one.flow)).toContain("records");
  const lifted = withOverrides(judgements, [override], "2027-06-30");
  expect(lifted.find((one) => one.flow === "records")).toMatchObject({ violation: undefined, override });
  expect(violations(lifted).length).toBe(violations(judgements).length - 1);
  for (const day of ["2027-07-01", "2025-06-29"])
    expect(violations(withOverrides(judgements, [override], day)).length).toBe(violations(judgements).length);
});

test.each([
  ["keys", { flow: "keys" }],
  ["a share", { flow: "share" }],
  ["a flow nobody knows", { flow: "everything" }],
  ["no name", { by: "me" }],
  ["no reason", { reason: "because" }],
  ["no day", { until: "soon" }],
])("%s is refused", (_what, wrong) => {
  expect(overrideSchema.safeParse({ ...override, ...wrong }).success).toBe(false);
  expect(overrideSchema.safeParse(override).success).toBe(true);
});
