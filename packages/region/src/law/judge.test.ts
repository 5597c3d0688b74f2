import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadRegion, loadRegions } from "../load.ts";
import type { Region } from "../schema.ts";
import { judge, violations } from "./judge.ts";
import { loadLawPack } from "./load.ts";
import type { LawPack } from "./schema.ts";

const regions = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../regions");
const mozambique = await loadRegion(regions, "MZ");
const law = await loadLawPack(regions, "MZ");
const of = (region: Region, pack: LawPack, flow: string) => {
  const found = judge(region, pack).find((judgement) => judgement.flow === flow);
  if (found === undefined) throw new Error(`no judgement of ${flow}`);
  return found;
};

describe("residency law", () => {
  it("finds every country file within its law, each flow resting on a rule of the pack", async () => {
    for (const region of await loadRegions(regions)) {
      const pack = await loadLawPack(regions, region.law);
      expect({ code: region.code, violations: violations(judge(region, pack)) }).toEqual({ code: region.code, violations: [] });
      const ids = pack.rules.map((rule) => rule.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const rule of Object.values(region.flows)) expect(ids).toContain(rule.basis);
    }
  });

  it("refuses a host abroad", () => {
    const abroad: Region = { ...mozambique, hosting: [{ kind: "aws", region: "af-south-1", country: "ZA" }] };
    expect(of(abroad, law, "records")).toMatchObject({
      decision: "refused",
      rules: ["MZ-1"],
      verified: false,
      violation: "records may not be kept in ZA",
    });
  });

  it("lets a host stand where the rule names the country", () => {
    const pack: LawPack = { ...law, rules: law.rules.map((rule) => (rule.kind === "place" ? { ...rule, where: ["ZA"] } : rule)) };
    const abroad: Region = { ...mozambique, hosting: [{ kind: "aws", region: "af-south-1", country: "ZA" }] };
    expect(of(abroad, pack, "records").violation).toBeUndefined();
  });

  it("takes the strictest rule", () => {
    const pack: LawPack = {
      ...law,
      rules: [
        ...law.rules,
        {
          id: "MZ-9",
          kind: "crossing",
          applies: ["share"],
          decision: "refuse",
          law: "x",
          article: "1",
          date: "2026",
          status: "unverified",
          says: "x",
        },
      ],
    };
    expect(of(mozambique, pack, "share")).toMatchObject({
      decision: "refused",
      violation: "share may not cross, but the country file lets it",
    });
  });

  it("refuses what no rule speaks of", () => {
    const pack: LawPack = { ...law, rules: law.rules.filter((rule) => rule.id !== "MZ-4") };
    expect(of(mozambique, pack, "aggregate")).toMatchObject({ decision: "refused", rules: [] });
    expect(violations(judge(mozambique, pack))).toHaveLength(1);
  });

  it("sees a condition that the country file leaves out", () => {
    const careless: Region = { ...mozambique, flows: { ...mozambique.flows, share: { decision: "allow", basis: "MZ-2" } } };
    expect(of(careless, law, "share").violation).toBe("share needs consent");
  });
});
