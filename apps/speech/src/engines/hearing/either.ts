import type { Heard, HearingEngine } from "../types.ts";

export interface EitherOptions {
  /** Two or more, one of which is spoken. */
  readonly languages: readonly string[];
  /** Hears all of them, so that its certainty in one can be held against its certainty in another. */
  readonly judge: HearingEngine;
  /** Who hears a language best. */
  readonly hearing: (language: string) => HearingEngine | undefined;
  readonly prompt: (language: string) => string | undefined;
}

/**
 * Hears speech that is in one of a few languages, and says in which: the judge hears it in each, and the language that
 * it is surest of is heard by its own engine. `language` of the request counts for nothing; that of the answer is the
 * one decided for.
 */
export function eitherEngine({ languages, judge, hearing, prompt }: EitherOptions): HearingEngine {
  return {
    id: judge.id,
    languages: () => languages,
    async hear(request) {
      const began = performance.now();
      const tried = await Promise.all(
        languages.map((language) => judge.hear({ ...without(request, "prompt"), language, mode: "final" })),
      );
      const best = tried.reduce((sure, other) => (certainty(other) > certainty(sure) ? other : sure));
      const own = hearing(best.language);
      const words = prompt(best.language);
      const asGood = own === undefined || (own.id === judge.id && words === undefined);
      if (best.text === "" || asGood) return { ...best, ms: performance.now() - began };
      const heard = await own.hear({
        ...without(request, "prompt"),
        language: best.language,
        ...(words === undefined ? {} : { prompt: words }),
      });
      return { ...heard, ms: performance.now() - began };
    },
    // Those whom it asks are closed by whoever opened them.
    close: async () => undefined,
  };
}

function without<Whole extends object, Name extends keyof Whole>(whole: Whole, name: Name): Omit<Whole, Name> {
  const { [name]: _, ...rest } = whole;
  return rest;
}

/** Mean logarithm of the words' probabilities; nothing heard is the least certain of all. */
export function certainty({ words }: Pick<Heard, "words">): number {
  const known = words.flatMap((word) => word.probability ?? []);
  if (known.length === 0) return -Infinity;
  return known.reduce((sum, probability) => sum + Math.log(Math.max(probability, 1e-3)), 0) / known.length;
}
