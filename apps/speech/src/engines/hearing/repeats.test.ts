import { describe, expect, it } from "vitest";
import { repeatedAt, saidOnce, unrepeated, withoutImpossibleRepeat } from "./repeats.ts";

describe("a stretch that follows upon itself", () => {
  it.each([
    ["a dose", "Take four tablets now. Take four tablets now."],
    ["a temperature", "Sim, ontem a noite tinha 39 graus e meio. Sim, ontem a noite tinha 39 graus e meio."],
    [
      "with small changes",
      "Sim, tem o calafrio todas as noites, mas não tem o tosse. Sim, tem o calafrio, os todas as noites, mas não tem o tosse.",
    ],
    ["behind something else", "Está bem. E continua a tomar a metformina? E continua a tomar a metformina?"],
    ["broken off", "4 comprimidos agora e mais 4 daqui a 8 horas. 4 comprimidos agora e mais 4 daqui a 8 horas. 4 compr"],
    ["in Chinese", "我对青霉素过敏，我对青霉素过敏。"],
  ])("is seen: %s", (_, text) => expect(repeatedAt(text)).toBeGreaterThan(0));

  it.each([
    "No, no, no, it does not hurt.",
    "Vomitei duas vezes ontem. Não, desculpe, foram três vezes.",
    "After that, four tablets every twelve hours for two more days.",
    "一天三次，每次一克，一共七天，对吗？",
    "有，昨天晚上三十八度五，今天早上三十七度九。",
    "",
  ])("is not seen where there is none: %s", (text) => expect(repeatedAt(text)).toBeUndefined());
});

it("an interim shows it once, with its words", () => {
  const text = "Take four tablets now. Take four tablets now. Take";
  const words = text.split(" ").map((word) => ({ text: word, probability: 0.9 }));
  const once = saidOnce({ text, words });
  expect(once.text).toBe("Take four tablets now.");
  expect(once.words.map((word) => word.text).join(" ")).toBe(once.text);
  expect(saidOnce({ text: "好的", words: [] }).text).toBe("好的");
});

describe("the second search decides", () => {
  const twice = { text: "Posso tomar ibuprofeno para dor. Posso tomar ibuprofeno para dor." };

  it("for once, where it heard it once", () => {
    const once = { text: "posso tomar ibuprofeno para dor" };
    expect(unrepeated(twice, once)).toBe(once);
  });

  it("for twice, where it heard it twice or nothing", () => {
    expect(unrepeated(twice, { text: twice.text.toLowerCase() })).toBe(twice);
    expect(unrepeated(twice, { text: "" })).toBe(twice);
  });
});

it("what nobody can say twice in that time was said once; what can be is left to the second search", () => {
  const twice = { text: "在右边深呼吸的时候疼得更厉害。在右边深呼吸的时候疼得更厉害。", words: [], cut: true };
  expect(withoutImpossibleRepeat(twice, 3.2)).toEqual({ text: "在右边深呼吸的时候疼得更厉害。", words: [], cut: false });
  expect(withoutImpossibleRepeat(twice, 6)).toBe(twice);
  const once = { text: "No, do not take ibuprofen.", words: [], cut: false };
  expect(withoutImpossibleRepeat(once, 0.1)).toBe(once);
});
