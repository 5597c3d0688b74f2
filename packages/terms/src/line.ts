import { fold, type Folded } from "./fold.ts";
import { termMatcher, type Term } from "./glossary.ts";
import { addFractions, joinNumbers } from "./joins.ts";
import { drugMatcher, type Drug } from "./lexicon.ts";
import type { TermMatch } from "./matcher.ts";
import { findNegations, type Negation } from "./negation.ts";
import { findNumbers, type NumberToken } from "./numbers.ts";
import { findQuantities, type Quantity } from "./quantities.ts";
import { rulesFor, type Rules } from "./rules.ts";
import { findSides, type Side } from "./sides.ts";

/** Everything read from one line; offsets are into the folded text. */
export interface Reading {
  folded: Folded;
  rules: Rules;
  drugs: TermMatch<Drug>[];
  terms: TermMatch<Term>[];
  numbers: NumberToken[];
  quantities: Quantity[];
  negations: Negation[];
  sides: Side[];
  allergies: { start: number; end: number }[];
}

/** Longer texts are read only so far, so that a hostile line costs no more than a long one. */
const LONGEST_LINE = 4000;

export function readLine(text: string, language: string): Reading {
  const rules = rulesFor(language);
  const folded = fold(text.length > LONGEST_LINE ? text.slice(0, LONGEST_LINE) : text);
  const line = folded.text;
  const drugs = drugMatcher(language).find(line);
  const notTerms = rules.notTerms.flatMap((p) =>
    [...line.matchAll(p)].map((m) => ({ start: m.index, end: m.index + m[0].length })),
  );
  const terms = termMatcher(language)
    .find(line)
    .filter((t) => !drugs.some((d) => d.start < t.end && d.end > t.start))
    .filter((t) => !notTerms.some((n) => n.start <= t.start && n.end >= t.end && n.end - n.start > t.end - t.start));
  const names = [...drugs, ...(rules.spaced ? [] : terms)].map(({ start, end }) => [start, end] as const);
  const idioms = rules.notNumbers.flatMap((p) => [...line.matchAll(p)].map((m) => [m.index, m.index + m[0].length] as const));
  const closed = [...names, ...idioms];
  const taken = (start: number, end: number): boolean =>
    closed.some(([a, b]) => a < end && b > start && !/^\d/.test(line.slice(start, end)));
  const numbers = joinNumbers(line, addFractions(line, findNumbers(line, rules, taken), rules), rules);
  return {
    folded,
    rules,
    drugs,
    terms,
    numbers,
    quantities: findQuantities(line, numbers, rules),
    negations: findNegations(line, rules).filter((n) => !drugs.some((d) => d.start < n.end && d.end > n.start)),
    sides: findSides(line, rules).filter((n) => !drugs.some((d) => d.start < n.end && d.end > n.start)),
    allergies: rules.allergy
      ? [...line.matchAll(rules.allergy)].map((m) => ({ start: m.index, end: m.index + m[0].length }))
      : [],
  };
}

/** The value of a text that is one number and nothing else (“seven”, 两, “vinte e um”); undefined for any other. */
export function readLineNumbers(text: string, language: string): number | undefined {
  const { text: line } = fold(text);
  const rules = rulesFor(language);
  const numbers = joinNumbers(
    line,
    findNumbers(line, rules, () => false),
    rules,
  );
  const [only] = numbers;
  return numbers.length === 1 && only && only.start === 0 && only.end === line.length ? only.value : undefined;
}
