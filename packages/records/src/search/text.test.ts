import { expect, test } from "vitest";
import { nameMatches, nameQueryTerms, nameTerms } from "./text.ts";

const spellings = ["Gʻafur", "G'afur", "Gafur", "G‘afur", "G’afur", "Gʼafur", "G`afur", "G´afur", "GʻAFUR"];

test.each(spellings)("an Uzbek name is found however its mark is typed: %s", (typed) => {
  for (const stored of spellings) {
    const have = new Set<string>(nameTerms(`${stored} Toʻraev`));
    for (const exact of [true, false]) {
      expect(nameMatches(`${stored} Toʻraev`, typed, exact)).toBe(true);
      expect((nameQueryTerms(typed, exact) ?? []).every((group) => group.some((term) => have.has(term)))).toBe(true);
    }
  }
  expect(nameMatches("Toʻraev Gʻafur", "toraev", true)).toBe(true);
  expect(nameMatches("Hafur", typed, true)).toBe(false);
});
