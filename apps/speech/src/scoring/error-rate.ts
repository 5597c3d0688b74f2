import { normalise } from "./normalise.ts";

export interface Score {
  /** Substitutions, deletions and insertions. */
  errors: number;
  /** Words (characters in Chinese and Japanese) of what was said. */
  length: number;
}

/** Word error rate's two halves, character error rate's in Chinese; add them up over turns before dividing. */
export function score(said: string, heard: string, language: string): Score {
  const reference = normalise(said, language);
  return { errors: distance(reference, normalise(heard, language)), length: reference.length };
}

/** Errors over length of all turns together; 0 where nothing was said and nothing heard. */
export function errorRate(scores: readonly Score[]): number {
  const errors = scores.reduce((sum, one) => sum + one.errors, 0);
  const length = scores.reduce((sum, one) => sum + one.length, 0);
  return errors === 0 ? 0 : errors / Math.max(1, length);
}

/** Levenshtein over words, two rows at a time. */
function distance(from: readonly string[], to: readonly string[]): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, word] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const swap = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
