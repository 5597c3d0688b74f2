import { z } from "zod";
import file from "../data/glossary.json" with { type: "json" };
import { drugLanguages, type DrugLanguage } from "./lexicon.ts";
import { fold } from "./fold.ts";
import { makeMatcher, type Matcher } from "./matcher.ts";
import { rulesFor } from "./rules.ts";

export type TermKind = "body" | "symptom" | "disease" | "examination" | "care";

export interface Term {
  id: string;
  kind: TermKind;
  /** ICD-10 (WHO), for diseases and symptoms that have one. */
  icd10?: string;
  /** Id of the body part that the term names inside itself: a headache is the head's. */
  part?: string;
  /** Per language: the agreed term first, then other words for it. */
  names: Record<DrugLanguage, string[]>;
}

const cell = z.string();
const fileSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(
    z.tuple([
      cell,
      z.enum(["body", "symptom", "disease", "examination", "care"]),
      cell,
      cell,
      cell,
      cell,
      cell,
      cell,
      cell,
      cell,
      cell,
    ]),
  ),
});

/** All clinical terms, in the order of the file. */
export const glossary: readonly Term[] = fileSchema.parse(file).rows.map(([id, kind, icd10, part, ...names]) => ({
  id,
  kind,
  ...(icd10 === "" ? {} : { icd10 }),
  ...(part === "" ? {} : { part }),
  names: Object.fromEntries(
    drugLanguages.map((language, i) => [language, (names[i] ?? "").split("|").filter((n) => n !== "")]),
  ) as Record<DrugLanguage, string[]>,
}));

const matchers = new Map<string, Matcher<Term>>();

export function termMatcher(tag: string): Matcher<Term> {
  const language = tag.toLowerCase().split("-")[0] ?? tag;
  let matcher = matchers.get(language);
  if (!matcher) {
    const own = drugLanguages.find((l) => l === language);
    const terms = own === undefined ? [] : glossary.flatMap((term) => term.names[own].map((name) => [name, term] as const));
    matcher = makeMatcher(terms, rulesFor(language));
    matchers.set(language, matcher);
  }
  return matcher;
}

export interface FoundTerm {
  start: number;
  end: number;
  text: string;
  /** More than one where a word has several senses. */
  terms: Term[];
}

/** Clinical terms in a text, longest match first, with UTF-16 offsets. */
export function findTerms(text: string, language: string): FoundTerm[] {
  const folded = fold(text);
  return termMatcher(language)
    .find(folded.text)
    .map(({ start, end, entries }) => {
      const from = folded.at[start] ?? 0;
      const to = folded.at[end] ?? text.length;
      return { start: from, end: to, text: text.slice(from, to), terms: entries };
    });
}
