import { describe, expect, it } from "vitest";
import { loadCases, scoreCases } from "./bench.ts";
import { check } from "./index.ts";

const codes = (source: string, from: string, target: string, to: string): string[] =>
  check({ text: source, language: from }, { text: target, language: to }).map((f) => f.code);

describe("the adversarial set", () => {
  const cases = loadCases();

  it("holds at least 400 pairs in six language pairs, both ways", () => {
    expect(cases.length).toBeGreaterThanOrEqual(400);
    const others = new Set(cases.map((c) => (c.from === "en" ? c.to : c.from)));
    expect([...others].toSorted()).toEqual(["ar", "es", "fr", "pt", "ru", "zh"]);
    expect(cases.filter((c) => c.heldOut).length).toBeGreaterThanOrEqual(100);
  });

  it("leaves at most 0.5 % of critical errors silent and flags at most 5 % of right translations", () => {
    const score = scoreCases(cases);
    expect(score.silentCritical).toBeLessThanOrEqual(0.5);
    expect(score.falseFlags).toBeLessThanOrEqual(5);
  });
});

describe("check", () => {
  it("takes amounts for the same where only the words differ", () => {
    expect(codes("Take 0.5 g every 8 hours for a week", "en", "Tome 500 mg três vezes por dia durante 7 dias", "pt")).toEqual([]);
    expect(codes("Temperature 100.4 °F", "en", "体温38度", "zh")).toEqual([]);
    expect(codes("Two tablets", "en", "حبتين", "ar")).toEqual([]);
  });

  it("reads decimal signs by the language", () => {
    expect(codes("Take 1,500 mg", "en", "Tome 1.500 mg", "pt")).toEqual([]);
    expect(codes("Take 1.5 mg", "en", "Tome 1.500 mg", "pt")).not.toEqual([]);
  });

  it("names a look-alike pair when one became the other", () => {
    expect(codes("I take Celebrex", "en", "Tomo Cerebyx", "pt")).toEqual(expect.arrayContaining(["drug-changed", "look-alike"]));
  });

  it("counts concord as one “not” and looks through idioms", () => {
    expect(codes("I did not eat anything", "en", "Não comi nada", "pt")).toEqual([]);
    expect(codes("Avoid alcohol", "en", "Não beba álcool", "pt")).toEqual([]);
    expect(codes("Do you have a fever?", "en", "你有没有发烧？", "zh")).toEqual([]);
    expect(codes("Avoid alcohol", "en", "Beba álcool", "pt")).toContain("negation-missing");
  });

  it("says when nothing was translated", () => {
    expect(codes("Take it twice a day", "en", "", "pt")).toEqual(["untranslated"]);
    expect(codes("Take it twice a day", "en", "Take it twice a day", "zh")).toEqual(["untranslated"]);
    expect(codes("Принимайте два раза в день", "ru", "Take дважды a day", "en")).toEqual(["untranslated"]);
  });

  it("still compares digits where a language has no rules", () => {
    expect(codes("Take 500 mg", "en", "ใช้ยา ๕๐๐ มก.", "th")).toEqual([]);
    expect(codes("Take 500 mg", "en", "ใช้ยา ๕๐ มก.", "th")).toContain("number-missing");
  });

  it("passes on doubt about what was heard", () => {
    const pin = { kind: "dose" as const, start: 5, end: 11, text: "500 mg", value: "500 mg", probability: 0.4 };
    const flags = check({ text: "Take 500 mg", language: "en", pins: [pin] }, { text: "Tome 500 mg", language: "pt" });
    expect(flags.map((f) => f.code)).toEqual(["low-confidence"]);
  });

  it("says that speakers corrected themselves, and shows both amounts", () => {
    const corrected = (text: string, language: string): (string | undefined)[] =>
      check({ text, language }, { text: "…", language: "en" }).flatMap((f) => (f.code === "self-correction" ? [f.source] : []));
    expect(corrected("Vomitei duas vezes ontem, não, desculpe, foram três vezes", "pt")).toEqual([
      "duas vezes ontem, não, desculpe, foram três vezes",
    ]);
    expect(corrected("Take two, no, three tablets", "en")).toEqual(["two, no, three tablets"]);
    expect(corrected("Son 5 mg, quiero decir 50 mg", "es")).toEqual(["5 mg, quiero decir 50 mg"]);
    expect(corrected("两片，不对，是三片", "zh")).toEqual(["两片，不对，是三片"]);
    expect(corrected("左边，不是，右边疼", "zh")).toEqual(["左边，不是，右"]);
    expect(corrected("Два раза, нет, точнее, три раза", "ru")).toHaveLength(1);
    expect(corrected("Deux, non, pardon, trois comprimés", "fr")).toHaveLength(1);
    expect(corrected("مرتين، أقصد ثلاث مرات", "ar")).toHaveLength(1);
    expect(corrected("No, sorry, three times", "en")).toEqual(["No, sorry, three times"]);
  });

  it("takes no denial for a correction", () => {
    for (const [text, language] of [
      ["Le daremos prednisolona, no prednisona.", "es"],
      ["晚上吃，不要早上吃。", "zh"],
      ["No, I take two tablets", "en"],
      ["Sorry, how many? I take two", "en"],
      ["Did it start 2 days ago? No, 3 days", "en"],
      ["Tomo dois, não três", "pt"],
    ] as const)
      expect([text, check({ text, language }, { text, language: "en" }).some((f) => f.code === "self-correction")]).toEqual([
        text,
        false,
      ]);
  });

  it("does not trust a temperature whose tenth was heard as another word", () => {
    expect(codes("体温37度久", "zh", "The temperature is 37 °C", "en")).toEqual(["low-confidence"]);
    expect(codes("体温38度以上", "zh", "The temperature is over 38 °C", "en")).toEqual([]);
    expect(codes("烧到38度就吃药", "zh", "Take it at 38 °C", "en")).not.toContain("low-confidence");
  });

  it("reads no time of day in a greeting, and no back in a name", () => {
    expect(codes("Good morning, I am doctor Costa", "en", "Bom dia, sou a doutora Costa", "pt")).toEqual([]);
    expect(codes("Take it in the morning", "en", "Tome de manhã", "pt")).toEqual([]);
    expect(codes("every Thursday", "en", "todas as quintas-feiras", "pt")).toEqual([]);
  });

  it("survives hostile text", () => {
    const long = "não ".repeat(5000) + "1".repeat(5000) + "{n}\u202e\ue000";
    expect(() => codes(long, "pt", long, "en")).not.toThrow();
  });
});
