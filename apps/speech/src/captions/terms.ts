import type { Flag, Pin } from "@yizhan/meet";

/** What captions ask of the clinical terms: packages/terms answers it. */
export interface Terms {
  /** Numbers, doses, drugs, negations … in a text. */
  parsePins(text: string, language: string): Pin[];
  /** Pins of a line that was heard, with those doubted that hearing may have cut short. */
  doubt(text: string, language: string, pins: readonly Pin[]): Pin[];
  /** Reasons to distrust a translation. */
  check(source: Spoken, target: Spoken): Flag[];
  /** An agreed translation of a clinical phrase. */
  phrase(text: string, from: string, to: string): string | undefined;
  /** Words that an engine should expect, as a sentence in `language`. */
  prompt(language: string): string | undefined;
  /** A line as an engine is to translate it: decimals and blood pressures in figures. */
  figures(text: string, language: string): string;
  /** Agreed terms of the glossary that stand on both sides. */
  agreed(source: Spoken, target: Spoken): { source: string; target: string }[];
  /** Those of the words that a translation's engines did not know which mean nothing to us either: no medicine, term, unit or name. */
  strange(words: readonly string[], source: Spoken, target: Spoken): string[];
}

export interface Spoken {
  readonly text: string;
  readonly language: string;
  readonly pins?: readonly Pin[];
}

/** Knows no terms: captions without pins, translations without checks. */
export const noTerms: Terms = {
  parsePins: () => [],
  doubt: (_text, _language, pins) => [...pins],
  check: () => [],
  phrase: () => undefined,
  prompt: () => undefined,
  agreed: () => [],
  strange: () => [],
  figures: (text) => text,
};
