import { describe, expect, it } from "vitest";
import { errorRate, normalise, score } from "./index.ts";

describe("what is compared", () => {
  it.each([
    ["en", "Take thirty-nine tablets, two times!", "take 39 tablets 2 times"],
    ["en", "five hundred milligrams", "500 mg"],
    ["en", "one thousand two hundred and six", "1206"],
    ["en", "one two three", "1 2 3"],
    ["en", "rest and drink", "rest and drink"],
    ["pt", "trinta e nove graus", "39 graus"],
    ["pt", "quinhentos miligramas", "500 mg"],
    ["pt", "sete vezes e depois", "7 vezes e depois"],
    ["es", "treinta y nueve y medio", "39 y medio"],
    ["es", "Clave numérica: ocho", "clave numerica 8"],
    ["pt", "sete vírgula dois", "7,2"],
    ["fr", "quatre-vingt-treize pour cent, seize sur neuf", "93 % 16 sur 9"],
    ["fr", "huit heures, soixante-quinze milligrammes", "8h 75 mg"],
    ["zh", "三十八点五，一百二十。", "38.5 120"],
    ["zh", "一天三次", "1天3次"],
  ])("%s: %s is %s", (language, said, heard) => {
    expect(normalise(said, language)).toEqual(normalise(heard, language));
  });

  it("keeps a decimal and tells it from another number", () => {
    expect(normalise("7,2", "pt")).toEqual(["7.2"]);
    expect(score("3.5 units", "35 units", "en").errors).toBe(1);
  });
});

describe("error rate", () => {
  it("counts substitutions, deletions and insertions over all turns", () => {
    const scores = [score("do not take it", "do take it", "en"), score("yes", "yes it is", "en")];
    expect(scores).toEqual([
      { errors: 1, length: 4 },
      { errors: 2, length: 1 },
    ]);
    expect(errorRate(scores)).toBeCloseTo(0.6);
  });

  it("counts characters in Chinese", () => {
    expect(score("我头疼", "我头痛", "zh")).toEqual({ errors: 1, length: 3 });
  });
});
