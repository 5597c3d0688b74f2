import { describe, expect, it } from "vitest";
import { parsePins } from "./index.ts";

const values = (text: string, language: string): string[] => parsePins(text, language).map((p) => p.value);

describe("parsePins", () => {
  it("gives one canonical value in every language", () => {
    const expected = ["2 tablet", "INN:amoxicillin", "500 mg", "3/d", "7 d"];
    expect(values("Take two tablets of amoxicillin 500 mg three times a day for seven days.", "en")).toEqual(expected);
    expect(values("Tome dois comprimidos de amoxicilina 500 mg três vezes ao dia durante sete dias.", "pt")).toEqual(expected);
    expect(values("阿莫西林500毫克，每次两片，每日三次，连服七天。", "zh").toSorted()).toEqual(expected.toSorted());
  });

  it("points into the text as it was given", () => {
    const text = "Não tomei  Paracetamol 1.000 mg, só meio comprimido.";
    for (const pin of parsePins(text, "pt")) expect(text.slice(pin.start, pin.end)).toBe(pin.text);
    expect(values(text, "pt")).toEqual(["neg", "INN:paracetamol", "1000 mg", "0.5 tablet"]);
  });

  it("offers what a misheard name sounds like and puts nothing in its place", () => {
    const offered = (text: string, language: string): (string[] | undefined)[] =>
      parsePins(text, language)
        .filter((p) => p.value.startsWith("?"))
        .map((p) => p.candidates);
    expect(offered("amyxacillin", "en")[0]).toContain("amoxicillin");
    expect(offered("Ardamellumafantrine", "en")[0]).toContain("artemether lumefantrine");
    expect(offered("Tomei para a cetamol ontem", "pt")[0]).toContain("paracetamol");
    expect(offered("我对清没素", "zh")[0]).toContain("青霉素");
    expect(offered("four tablets of automated Luma Fantry now", "en")[0]).toContain("lumefantrine");
    expect(offered("Take para set a mall", "en")[0]?.[0]).toBe("paracetamol");
    expect(offered("我对黄胺类药物过敏", "zh")[0]).toContain("磺胺类");
  });

  it("always shows both names of a look-alike pair", () => {
    const [pin] = parsePins("I take Celebrex", "en").filter((p) => p.kind === "drug");
    expect(pin?.candidates).toEqual(expect.arrayContaining(["celecoxib", "Cerebyx"]));
  });
});
