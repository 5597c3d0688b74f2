import { expect, test } from "vitest";
import { inFigures } from "./figures.ts";

test.each([
  ["en", "Only above thirty-eight point five, take half a tablet.", "Only above 38.5, take half a tablet."],
  ["en", "It is one hundred and sixty over ninety-five now.", "It is 160/95 now."],
  ["pt", "Ontem estava em sete vírgula dois.", "Ontem estava em 7,2."],
  ["es", "Ayer tenía treinta y seis coma ocho.", "Ayer tenía 36,8."],
  ["fr", "Elle est à 160 sur 95.", "Elle est à 160/95."],
])("%s: a decimal or a blood pressure in words is written in figures: %s", (language, said, written) => {
  expect(inFigures(said, language)).toBe(written);
});

test.each([
  ["en", "Take ten over five days, one and a half at night."],
  ["en", "It is three point one four."],
  ["en", "Two points: 38.5 and the number 7."],
  ["es", "La tenía en catorce con ocho."],
  ["zh", "昨天三十八点五度。"],
  ["sw", "Nukta moja."],
])("%s: anything else stays as it was said: %s", (language, said) => {
  expect(inFigures(said, language)).toBe(said);
});
