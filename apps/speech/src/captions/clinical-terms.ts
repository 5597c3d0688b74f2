import { check, doubtTenths, findTerms, hearingPrompt, inFigures, openPhrases, parsePins } from "@yizhan/terms";
import type { Spoken, Terms } from "./terms.ts";

export interface ClinicalTerms extends Terms {
  /** Makes the tables of sounds now: the first line of a conversation is not the one that waits for them. */
  warm(languages: readonly string[]): void;
}

/** The glossary, the phrase memory of `locales` and the checks of packages/terms. Throws where a phrase file is broken. */
export function clinicalTerms(locales: string): ClinicalTerms {
  const phrases = openPhrases(locales);
  const prompts = new Map<string, string>();
  return {
    warm(languages) {
      for (const language of languages) parsePins(hearingPrompt(language), language);
    },
    parsePins,
    doubt: doubtTenths,
    check,
    phrase: (text, from, to) => phrases.lookup(text, from, to)?.text,
    prompt(language) {
      const known = prompts.get(language) ?? hearingPrompt(language);
      prompts.set(language, known);
      return known === "" ? undefined : known;
    },
    agreed: agreedTerms,
    strange: strangeWords,
    figures: inFigures,
  };
}

/**
 * An engine that knows no medicine leaves its name as it was, and mostly it is the same name there; whether it arrived is
 * for the checks to say, and so is what the next engine made of a number, a side, an allergy. Other words are strange.
 */
function strangeWords(words: readonly string[], source: Spoken, target: Spoken): string[] {
  if (words.length === 0) return [];
  const said = parsePins(source.text, source.language);
  const read = [
    ...parsePins(target.text, target.language),
    ...findTerms(target.text, target.language),
    ...said.filter(({ kind }) => kind === "drug"),
  ];
  const known = (word: string, among: readonly { text: string }[]) =>
    among.some(({ text }) => text.toLowerCase().includes(word.toLowerCase()));
  const isName = (word: string) => /^\p{Lu}/u.test(word);
  return [...new Set(words)].filter(
    (word) => word.length > 2 && !isName(word) && !known(word, read) && (target.text.includes(word) || !known(word, said)),
  );
}

/** Terms of the glossary that both sides name: the interpreter sees which agreed word was used. */
function agreedTerms(source: Spoken, target: Spoken): { source: string; target: string }[] {
  const translated = findTerms(target.text, target.language);
  return findTerms(source.text, source.language).flatMap((found) => {
    const same = translated.find((other) => other.terms.some((term) => found.terms.some((mine) => mine.id === term.id)));
    return same === undefined ? [] : [{ source: found.text, target: same.text }];
  });
}
