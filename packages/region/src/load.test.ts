import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { RegionError } from "./errors.ts";
import { loadRegion, loadRegions, parseRegion } from "./load.ts";

const regions = resolve(dirname(fileURLToPath(import.meta.url)), "../../../regions");
const mozambique = await readFile(join(regions, "MZ.yaml"), "utf8");

function faultsOf(text: string) {
  try {
    parseRegion(text, "MZ.yaml");
  } catch (error) {
    if (error instanceof RegionError) return { code: error.code, faults: error.faults, message: error.message };
    throw error;
  }
  throw new Error("the file was accepted");
}
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

describe("a country file", () => {
  it("is read whole", async () => {
    const region = await loadRegion(regions, "MZ");
    expect(region.languages.care[0]).toBe("pt");
    expect(region.flows.share).toEqual({ decision: "condition", condition: "consent", basis: "MZ-2" });
  });

  it("is refused with line and remedy for an unknown key", () => {
    const text = mozambique.replace("link:", "colour: blue\nlink:");
    const { code, faults } = faultsOf(text);
    expect(code).toBe("region-invalid");
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ line: lineOf(text, "colour"), reason: "colour is not a known key" });
  });

  it.each([
    ["a wrong time zone", "Africa/Maputo", "Africa/Atlantis", "not an IANA time zone"],
    ["a language that is not BCP 47", "[pt, zh, en, fr]", "[portuguese, zh]", "not a canonical BCP 47 language tag"],
    ["a tag that is not canonical", "[pt, zh, en, fr]", "[PT, zh]", "not a canonical BCP 47 language tag"],
    ["an absurd link", "rttMs: 280", "rttMs: -1", "link.rttMs"],
    ["a date that is none", "checked: 2026-11-22", "checked: 2026-13-22", "emergency.checked"],
    ["a code that is not one", "code: MZ", "code: Moz", "two capital letters"],
    ["a disease without ICD-10", "icd10: A00", "icd10: cholera", "an ICD-10 code"],
  ])("is refused for %s", (_, right, wrong, reason) => {
    const text = mozambique.replace(right, wrong);
    const { faults } = faultsOf(text);
    expect(faults[0]?.reason).toContain(reason);
    expect(faults[0]?.line).toBe(lineOf(text, wrong));
  });

  it("is refused where a flow to the hub has no rule", () => {
    const { faults } = faultsOf(mozambique.replace(/^ {2}share:.*\n/m, ""));
    expect(faults[0]?.reason).toBe("flows.share is missing");
    expect(faults[0]?.line).toBeGreaterThan(1);
  });

  it("is refused where a condition is allowed without saying which", () => {
    expect(
      faultsOf(mozambique.replace("decision: condition, condition: consent", "decision: condition")).faults[0]?.reason,
    ).toContain("`condition` belongs to");
  });

  it.each([
    ["a duplicate key", `${mozambique}code: MZ\n`, "unique"],
    ["a tab", mozambique.replace("  care:", "\tcare:"), "tab"],
    ["a byte order mark", `\uFEFF${mozambique}`, "byte order mark"],
    ["broken YAML", mozambique.replace("[Africa/Maputo]", "[Africa/Maputo"), ""],
  ])("is refused for %s", (_, text, reason) => {
    const { code, faults } = faultsOf(text);
    expect(code).toBe("region-syntax");
    expect(faults[0]?.reason.toLowerCase()).toContain(reason);
    expect(faults[0]?.line).toBeGreaterThan(0);
  });

  it("that is absent says how to make it", async () => {
    await expect(loadRegion(regions, "XX")).rejects.toMatchObject({
      code: "region-missing",
      message: expect.stringContaining("yizhan region new XX"),
    });
  });

  it("must have the code of its name, and be the only one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "yizhan-regions-"));
    await writeFile(join(folder, "KE.yaml"), mozambique);
    await expect(loadRegion(folder, "KE")).rejects.toMatchObject({ code: "region-code-mismatch" });
    await writeFile(join(folder, "MZ.yaml"), mozambique);
    await writeFile(join(folder, "mz.yml"), mozambique);
    await expect(loadRegions(folder)).rejects.toMatchObject({ code: "region-duplicate" });
  });
});
