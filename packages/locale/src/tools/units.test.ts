import { expect, test } from "vitest";
import { unitFindings } from "./units.ts";

test.each([
  ["Take 500 mg.", "Принимайте 500 мг."],
  ["Take 500 mg.", "服用500毫克每天"],
  ["Take 500 mg.", "خذ ٥٠٠ مغ."],
  ["Take {n} ml now, then 5 mg.", "Jetzt {n} ml nehmen, dann 5 mg."],
  ["{done} of {total} MB", "{done} sur {total} Mo"],
  ["The child weighs {n} kilos.", "Ребёнок весит {n} кг."],
  ["The child weighs {n} kilos.", "L’enfant pèse {n} kilos."],
  ["Write a year, such as 1968.", "Напишите год, например 1968 г."],
  ["Your fever is 38 °C.", "您发烧38℃"],
])("%s may be said as %s", (source, target) => {
  expect(unitFindings(target, source)).toEqual([]);
});

test.each([
  ["Take 500 mg.", "Принимайте 500 г.", "“g”; in English “mg”"],
  ["Take 500 mg.", "服用500克", "“g”; in English “mg”"],
  ["Take 500 mg.", "Tome 500.", "“none”; in English “mg”"],
  ["Take 5 ml.", "Tome 5 mg.", "“mg”; in English “ml”"],
  ["Take {n} mcg.", "Prendre {n} mg.", "“mg”; in English “mcg”"],
  ["Take 2 mg and 2 mg.", "Tome 2 mg e 2.", "“mg”; in English “mg mg”"],
  ["Take {n}.", "Tome {n} mg.", "“mg”; in English “none”"],
  ["Your fever is 38 °C.", "Ihr Fieber ist 38 °F.", "“°F”; in English “°C”"],
])("%s is not %s", (source, target, reason) => {
  expect(unitFindings(target, source)).toEqual([{ severity: "error", rule: "unit", reason: expect.stringContaining(reason) }]);
});
