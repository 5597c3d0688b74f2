import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findDrugs, findTerms, glossary, hearingPrompt, lexicon, lookAlikesOf } from "./index.ts";
import { icd10Fault } from "../testing/icd10.ts";

describe("lexicon and glossary", () => {
  it("hold at least 400 medicines and 400 terms, named in seven languages", () => {
    expect(lexicon.length).toBeGreaterThanOrEqual(400);
    expect(glossary.length).toBeGreaterThanOrEqual(400);
    for (const drug of lexicon) {
      expect(new Set([drug.inn, ...Object.keys(drug.names)]).size).toBe(8);
      for (const names of Object.values(drug.names)) expect([drug.inn, names.length > 0]).toEqual([drug.inn, true]);
      if (drug.verified) expect(drug.atc).toMatch(/^[A-V]\d\d[A-Z]{2}(?:\d\d)?$/);
    }
    for (const term of glossary)
      for (const names of Object.values(term.names)) expect([term.id, names.length > 0]).toEqual([term.id, true]);
    expect(new Set(glossary.map((t) => t.id)).size).toBe(glossary.length);
    expect(new Set(lexicon.map((d) => d.inn)).size).toBe(lexicon.length);
  });

  it("count 400 different terms and 400 different medicines in each language", () => {
    for (const language of ["zh", "en", "es", "fr", "ru", "ar"] as const) {
      for (const entries of [glossary, lexicon])
        expect([language, entries.filter((entry) => entry.names[language].length > 0).length >= 400]).toEqual([language, true]);
    }
  });

  it("code a disease and a symptom where ICD-10 has a block for it, and nothing else", () => {
    const coded = glossary.filter((term) => term.icd10 !== undefined);
    expect(coded.length).toBeGreaterThan(200);
    expect(coded.flatMap((term) => icd10Fault(term.icd10 ?? "") ?? [])).toEqual([]);
    expect(coded.filter((term) => term.kind === "body" || term.kind === "examination").map((term) => term.id)).toEqual([]);
    expect(glossary.filter((term) => term.kind === "disease" && term.icd10 === undefined).map((term) => term.id)).toEqual([]);
    expect(["A90", "D49", "E8", "H54.7", "I84.1", "J4A", "AA1"].map((code) => icd10Fault(code) !== undefined)).toEqual(
      Array.from({ length: 7 }, () => true),
    );
  });

  it("code a medicine in an anatomical and therapeutic group that ATC has", () => {
    const faults = lexicon.filter((drug) => drug.atc !== "" && !atcGroups.has(drug.atc.slice(0, 3)));
    expect(faults.map((drug) => [drug.inn, drug.atc])).toEqual([]);
    // A group of its own in ATC, without a fifth level of its own.
    const short = lexicon.filter((drug) => drug.atc !== "" && drug.atc.length !== 7).map((drug) => drug.inn);
    expect(short).toEqual(["oral rehydration salts"]);
    const codes = lexicon.flatMap((drug) => (drug.atc === "" ? [] : [drug.atc]));
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("find a medicine by brand, inflected, and in another script", () => {
    const inn = (text: string, language: string): string[] => findDrugs(text, language).flatMap((f) => f.drugs.map((d) => d.inn));
    expect(inn("I took Tylenol", "en")).toEqual(["paracetamol"]);
    expect(inn("Принимайте с ибупрофеном", "ru")).toEqual(["ibuprofen"]);
    expect(inn("تناول الباراسيتامول", "ar")).toEqual(["paracetamol"]);
    expect(inn("吃二甲双胍", "zh")).toEqual(["metformin"]);
    expect(lookAlikesOf("celebrex")).toContain("Cerebyx");
  });

  it("find terms with their place", () => {
    const [found] = findTerms("Tenho dores de cabeça", "pt");
    expect(found).toMatchObject({ start: 6, text: "dores de cabeça" });
    expect(found?.terms[0]?.icd10).toBe("R51");
  });
});

/** ATC's second level, of WHO's index. */
const atcGroups = new Set(
  (
    "A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 B01 B02 B03 B05 B06 C01 C02 C03 C04 C05 C07 C08 C09 C10 " +
    "D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11 G01 G02 G03 G04 H01 H02 H03 H04 H05 J01 J02 J04 J05 J06 J07 L01 L02 L03 L04 " +
    "M01 M02 M03 M04 M05 M09 N01 N02 N03 N04 N05 N06 N07 P01 P02 P03 R01 R02 R03 R05 R06 R07 S01 S02 S03 V01 V03 V04 V06 V07 V08 V09 V10 V20"
  ).split(" "),
);

describe("the phrase memory", () => {
  const locales = join(import.meta.dirname, "../../../locales");
  const count = (tag: string): number => {
    const file = join(locales, tag, "clinical.json");
    return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, "utf8")) as object).length : 0;
  };

  it("says 200 phrases in the seven working languages and in sixteen more", () => {
    const working = ["zh", "en", "es", "fr", "pt", "ru", "ar"];
    for (const tag of working) expect([tag, count(tag) >= 200]).toEqual([tag, true]);
    expect(readdirSync(locales).filter((tag) => !working.includes(tag) && count(tag) >= 200).length).toBeGreaterThanOrEqual(16);
  });
});

describe("hearingPrompt", () => {
  it("is short and puts the case's own medicines first", () => {
    const prompt = hearingPrompt("pt", { text: "toma varfarina e é alérgica à penicilina", textLanguage: "pt" });
    expect(prompt.length).toBeLessThanOrEqual(230);
    expect(prompt).toMatch(/^Consulta médica\. varfarina, penicilina/);
    expect(hearingPrompt("zh")).toContain("简体");
    expect(hearingPrompt("sw")).toBe("");
  });
});
