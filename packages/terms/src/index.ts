export { check, DOUBTFUL } from "./check.ts";
export { inFigures } from "./figures.ts";
export { findTerms, glossary, type FoundTerm, type Term, type TermKind } from "./glossary.ts";
export { areLookAlikes, drugByInn, findDrugs, lexicon, lookAlikesOf, type Drug, type FoundDrug } from "./lexicon.ts";
export { openPhrases, PhraseFileError, type PhraseMatch, type Phrases } from "./phrases.ts";
export { parsePins } from "./pins.ts";
export { hearingPrompt, type HearingContext } from "./prompt.ts";
export { ruleLanguages } from "./rules.ts";
export type { Flag, FlagCode, Pin, PinKind, Spoken } from "./types.ts";
