import { errorRate, score } from "../scoring/index.ts";

/** A turn as it was said and as it was heard. */
export interface HeardTurn {
  readonly language: string;
  readonly said: string;
  readonly heard: string;
}

export interface Accuracy {
  readonly language: string;
  /** What is counted: Chinese has no words to count. */
  readonly unit: "words" | "characters";
  readonly turns: number;
  /** Share of words or characters wrong, 0–1 (more where much was invented). */
  readonly offline: number;
  readonly streamed: number;
}

/** How many words were wrong in each language, live and heard at leisure. */
export function accuracy(streamed: readonly HeardTurn[], offline: readonly HeardTurn[]): Accuracy[] {
  const languages = [...new Set(streamed.map(({ language }) => language))];
  return languages.map((language) => ({
    language,
    unit: /^(zh|ja)\b/.test(language) ? "characters" : "words",
    turns: streamed.filter((turn) => turn.language === language).length,
    offline: rate(offline, language),
    streamed: rate(streamed, language),
  }));
}

function rate(turns: readonly HeardTurn[], language: string): number {
  const mine = turns.filter((turn) => turn.language === language);
  return errorRate(mine.map(({ said, heard }) => score(said, heard, language)));
}
