import { z } from "zod";
import file from "../data/lexicon.json" with { type: "json" };
import pairsFile from "../data/look-alikes.json" with { type: "json" };
import { fold, foldText } from "./fold.ts";
import { makeMatcher, type Matcher } from "./matcher.ts";
import { rulesFor } from "./rules.ts";

/** The languages every medicine is named in. */
export const drugLanguages = ["en", "zh", "es", "fr", "ru", "ar", "pt"] as const;
export type DrugLanguage = (typeof drugLanguages)[number];

export interface Drug {
  /** International nonproprietary name, in English. */
  inn: string;
  /** WHO ATC code; `verified` is false where nobody has checked it against the WHO index. */
  atc: string;
  verified: boolean;
  strengths: string[];
  /** Per language: the name first, then spoken variants and brands. */
  names: Record<DrugLanguage, string[]>;
}

const cell = z.string();
const fileSchema = z.object({
  columns: z.array(z.string()),
  /** inn, atc, verified (1 or 0), strengths, then names by language; alternatives parted by `|`. */
  rows: z.array(z.tuple([cell, cell, z.number(), cell, cell, cell, cell, cell, cell, cell, cell])),
});

const split = (text: string): string[] => text.split("|").filter((part) => part !== "");

/** All medicines known, in the order of the file. */
export const lexicon: readonly Drug[] = fileSchema.parse(file).rows.map(([inn, atc, verified, strengths, ...names]) => ({
  inn,
  atc,
  verified: verified === 1,
  strengths: split(strengths),
  names: Object.fromEntries(drugLanguages.map((language, i) => [language, split(names[i] ?? "")])) as Record<
    DrugLanguage,
    string[]
  >,
}));

const byInn = new Map(lexicon.map((drug) => [drug.inn, drug]));

export function drugByInn(inn: string): Drug | undefined {
  return byInn.get(inn);
}

function isDrugLanguage(language: string): language is DrugLanguage {
  return (drugLanguages as readonly string[]).includes(language);
}

/** Names to look for in a text of this language: its own, and the international and English ones that speakers mix in. */
export function namesOf(drug: Drug, language: string): string[] {
  const own = isDrugLanguage(language) ? drug.names[language] : [];
  return [...new Set([...own, drug.inn, ...drug.names.en])];
}

const matchers = new Map<string, Matcher<Drug>>();

export function drugMatcher(tag: string): Matcher<Drug> {
  const language = tag.toLowerCase().split("-")[0] ?? tag;
  let matcher = matchers.get(language);
  if (!matcher) {
    const terms = lexicon.flatMap((drug) => namesOf(drug, language).map((name) => [name, drug] as const));
    matcher = makeMatcher(terms, rulesFor(language));
    matchers.set(language, matcher);
  }
  return matcher;
}

const pairsSchema = z.object({ pairs: z.array(z.tuple([cell, cell])) });
const lookAlikes = new Map<string, string[]>();
for (const [a, b] of pairsSchema.parse(pairsFile).pairs) {
  lookAlikes.set(foldText(a), [...(lookAlikes.get(foldText(a)) ?? []), b]);
  lookAlikes.set(foldText(b), [...(lookAlikes.get(foldText(b)) ?? []), a]);
}

/** Names easily taken for this one, from the list of confused pairs; empty for most. */
export function lookAlikesOf(name: string): string[] {
  return lookAlikes.get(foldText(name)) ?? [];
}

/** Are these two medicines a pair known to be confused, by any of their names? */
export function areLookAlikes(a: Drug, b: Drug): boolean {
  const others = new Set(namesOf(b, "en").map((n) => foldText(n)));
  return namesOf(a, "en").some((name) => lookAlikesOf(name).some((other) => others.has(foldText(other))));
}

export interface FoundDrug {
  start: number;
  end: number;
  text: string;
  /** More than one where a name is shared. */
  drugs: Drug[];
  /** Names it is easily confused with, to be shown beside it. */
  lookAlikes: string[];
}

/** Medicines named in a text by their right spelling; what only sounds like one comes from `parsePins`. */
export function findDrugs(text: string, language: string): FoundDrug[] {
  const folded = fold(text);
  return drugMatcher(language)
    .find(folded.text)
    .map(({ start, end, entries }) => {
      const from = folded.at[start] ?? 0;
      const to = folded.at[end] ?? text.length;
      const said = text.slice(from, to);
      const near = [...lookAlikesOf(said), ...entries.flatMap((e) => lookAlikesOf(e.inn))];
      return { start: from, end: to, text: said, drugs: entries, lookAlikes: [...new Set(near)] };
    });
}
