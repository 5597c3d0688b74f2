import { compareNegation } from "./compare-negation.ts";
import { compareAllergies, compareBody, compareDrugs, compareSides } from "./compare-names.ts";
import { findCorrection } from "./corrections.ts";
import { compareQuantities, type Item } from "./compare-quantities.ts";
import { readAmount } from "./amounts.ts";
import { misheardTenth, misheardUnit } from "./misheard.ts";
import { readLine, type Reading } from "./line.ts";
import { hasRules } from "./rules.ts";
import { compareScripts } from "./script.ts";
import { soundsLike } from "./sound.ts";
import type { Flag, Spoken } from "./types.ts";

/** Below this, a word the engine heard is shown as doubtful. */
export const DOUBTFUL = 0.6;

/** Sound distance up to which a strange word is taken for a misspelled medicine, not only offered as one. */
const SURE = 0.14;

function items(reading: Reading): Item[] {
  return reading.quantities.map((quantity) => ({
    quantity,
    text: reading.folded.text.slice(quantity.start, quantity.end),
    amount: readAmount(quantity.value),
  }));
}

/**
 * Compares a line with its translation and says what an interpreter should distrust: numbers, units, frequencies,
 * durations, negations, medicines, sides, body parts and allergies that differ. An empty list is not a proof.
 *
 * Where either language has no rules, only digits, international units, medicines and the script are compared.
 */
export function check(source: Spoken, target: Omit<Spoken, "pins">): Flag[] {
  const scripts = compareScripts(source, target);
  if (scripts.length > 0) return scripts;
  const from = readLine(source.text, source.language);
  const to = readLine(target.text, target.language);
  const flags: Flag[] = [];
  if (hasRules(source.language) && hasRules(target.language))
    flags.push(
      ...compareQuantities(items(from), items(to)),
      ...comparePairs(from, to),
      ...compareNegation(from, to),
      ...compareDrugs(from, to),
      ...compareSides(from, to),
      ...compareAllergies(from, to),
      ...compareBody(from, to),
    );
  else flags.push(...compareDigits(source.text, from, to), ...compareDrugs(from, to));
  const correction = findCorrection(from);
  if (correction) flags.push({ code: "self-correction", source: original(source.text, from, correction) });
  const strange = soundsLike(from).find((h) => h.kind === "drug" && h.distance <= SURE);
  if (strange) flags.push({ code: "drug-unknown", source: from.folded.text.slice(strange.start, strange.end) });
  const doubtful = source.pins?.find((p) => p.probability !== undefined && p.probability < DOUBTFUL && !p.value.startsWith("?"));
  if (doubtful) flags.push({ code: "low-confidence", source: doubtful.text });
  const cut = from.quantities.find((q) => misheardTenth(from, q) !== undefined || misheardUnit(from, q) !== undefined);
  if (cut) flags.push({ code: "low-confidence", source: original(source.text, from, { start: cut.start, end: cut.end + 1 }) });
  return flags;
}

/** A span of the folded text, as it was written. */
function original(text: string, { folded }: Reading, { start, end }: { start: number; end: number }): string {
  return text.slice(folded.at[start] ?? 0, folded.at[end] ?? text.length);
}

const MORE = /(?:^| )(?:mas|mais|menos|more|less|plus|moins|больше|меньше|более|менее|أكثر|أقل|اكثر|اقل)(?: |$)|[多少]/u;

/** “160 over 95” that became “160 more than 95”: both numbers are there, and it is no blood pressure any longer. */
function comparePairs(from: Reading, to: Reading): Flag[] {
  return from.quantities.flatMap((pair): Flag[] => {
    const [, high, low] = /^([\d.]+)\/([\d.]+)(?: mmHg)?$/.exec(pair.value) ?? [];
    const index = to.quantities.findIndex(
      ({ value }, at) => value.split(" ")[0] === high && to.quantities[at + 1]?.value.split(" ")[0] === low,
    );
    const [first, second] = [to.quantities[index], to.quantities[index + 1]];
    if (high === undefined || !first || !second || !MORE.test(to.folded.text.slice(first.end, second.start))) return [];
    const slice = ({ folded }: Reading, start: number, end: number) => folded.text.slice(start, end);
    return [{ code: "number-changed", source: slice(from, pair.start, pair.end), target: slice(to, first.start, second.end) }];
  });
}

/** For languages without rules: a digit of two or more figures, or a decimal, must appear on the other side too. */
function compareDigits(text: string, from: Reading, to: Reading): Flag[] {
  const figures = (reading: Reading): string[] => [...reading.folded.text.matchAll(/\d+/g)].map((m) => m[0]);
  const there = figures(to);
  const flags: Flag[] = [];
  if (to.rules.numberWords.size > 0 || from.rules.numberWords.size > 0) return compareValues(from, to);
  for (const figure of figures(from)) {
    const index = there.indexOf(figure);
    if (index < 0) flags.push({ code: "number-missing", source: figure });
    else there.splice(index, 1);
  }
  return text === "" ? [] : flags;
}

/** One side has rules: what it reads as an exact amount of two figures or more must have its digits on the other side. */
function compareValues(from: Reading, to: Reading): Flag[] {
  const strict = (reading: Reading): string[] =>
    [...reading.folded.text.matchAll(/\d+(?:[.,]\d+)?/g)].map((m) => m[0].replace(",", ".")).filter((f) => f.length > 1);
  const there = new Set(strict(to));
  const values = new Set(to.quantities.flatMap((q) => q.value.match(/[\d.]+/g) ?? []));
  const missing = strict(from).find((figure) => !there.has(figure) && !values.has(figure));
  return missing === undefined ? [] : [{ code: "number-missing", source: missing }];
}
