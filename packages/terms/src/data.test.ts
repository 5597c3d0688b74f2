import { describe, expect, it } from "vitest";
import { findDrugs, findTerms, glossary, hearingPrompt, lexicon, lookAlikesOf } from "./index.ts";

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

describe("hearingPrompt", () => {
  it("is short and puts the case's own medicines first", () => {
    const prompt = hearingPrompt("pt", { text: "toma varfarina e é alérgica à penicilina", textLanguage: "pt" });
    expect(prompt.length).toBeLessThanOrEqual(230);
    expect(prompt).toMatch(/^Consulta médica\. varfarina, penicilina/);
    expect(hearingPrompt("zh")).toContain("简体");
    expect(hearingPrompt("sw")).toBe("");
  });
});
