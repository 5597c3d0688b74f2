import { describe, expect, it } from "vitest";
import { autonym, countryFacts, directionOf } from "./facts.ts";

describe("facts of a country", () => {
  it("come from CLDR", () => {
    const facts = countryFacts("MZ");
    expect(facts.officialLanguages.map((language) => language.tag)).toEqual(["pt"]);
    expect(facts.currencies).toEqual(["MZN"]);
    expect(facts.dialling).toBe("+258");
    expect(facts.nameIn("pt")).toBe("Moçambique");
    expect(facts.nameIn("zh")).toBe("莫桑比克");
  });

  it("know the week and the calendar that people use", () => {
    expect(countryFacts("IR").calendars[0]).toBe("persian");
    expect(countryFacts("AF").firstDay).toBe(6);
    expect(countryFacts("EG").weekend).toEqual([5, 6]);
  });

  it("refuse a country that is none", () => {
    expect(() => countryFacts("QQ")).toThrow(RangeError);
  });

  it("know how a language is written", () => {
    expect(["ar", "ur", "fa", "he", "ps"].map(directionOf)).toEqual(["rtl", "rtl", "rtl", "rtl", "rtl"]);
    expect(directionOf("sr-Latn")).toBe("ltr");
    expect(autonym("pt")).toBe("português");
    expect(autonym("km")).toBe("ខ្មែរ");
  });
});
