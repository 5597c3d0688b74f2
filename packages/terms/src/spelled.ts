import type { NumberToken } from "./numbers.ts";
import type { Rules } from "./rules.ts";

interface Piece {
  start: number;
  end: number;
  value: number;
}

const WORD = /[\p{L}']+|\d+(?:[.,]\d+)?/gu;

/** “quatre-vingt” and “dix-sept” are words of their own: their hyphen becomes an apostrophe, which a word may hold. */
function glueCompounds(text: string, rules: Rules): string {
  return rules.compounds ? text.replaceAll(rules.compounds, (m) => m.replaceAll("-", "'")) : text;
}

/** Splits off a leading “and” glued to the word, as in Arabic وعشرون. */
function look(word: string, rules: Rules): { value: number; glued: boolean; skip?: number } | undefined {
  const plain = rules.numberWords.get(word);
  if (plain !== undefined) return { value: plain, glued: false };
  if (rules.gluedAnd && word.startsWith(rules.gluedAnd)) {
    const rest = rules.numberWords.get(word.slice(rules.gluedAnd.length));
    if (rest !== undefined) return { value: rest, glued: true };
  }
  for (const prefix of rules.gluedBefore)
    if (word.startsWith(prefix)) {
      const rest = rules.numberWords.get(word.slice(prefix.length));
      if (rest !== undefined) return { value: rest, glued: false, skip: prefix.length };
    }
  return undefined;
}

/**
 * Reads runs of number words: “thirty-eight”, “cento e vinte”, “quatre-vingt-dix”, “двадцать пять”, “خمسة وعشرون”.
 * A unit joins a ten or more before it (after it in Arabic); a scale multiplies what stands before it.
 */
export function readSpelled(text: string, rules: Rules): NumberToken[] {
  const tokens: NumberToken[] = [];
  let total = 0;
  let current = 0;
  let run: { start: number; end: number; count: number; first: string } | undefined;
  let last: number | undefined;
  let pendingAnd: Piece | undefined;

  const close = (): void => {
    if (run) {
      const lone = run.count === 1 && rules.weakOnes.has(run.first);
      tokens.push({ start: run.start, end: run.end, value: total + current, weak: lone });
    }
    run = undefined;
    total = 0;
    current = 0;
    last = undefined;
    pendingAnd = undefined;
  };

  for (const match of glueCompounds(text, rules).matchAll(WORD)) {
    const word = match[0];
    const start = match.index;
    const end = start + word.length;
    const near = run === undefined || /^[ -]*$/.test(text.slice(pendingAnd?.end ?? run.end, start));
    if (!near) close();
    const scale = rules.scaleWords.get(word);
    if (scale !== undefined && run && current > 0) {
      if (scale === 100) current *= 100;
      else {
        total += current * scale;
        current = 0;
      }
      run.end = end;
      run.count += 1;
      last = scale;
      pendingAnd = undefined;
      continue;
    }
    const found = look(word, rules);
    if (found === undefined) {
      if (run && rules.andWords.has(word) && last !== undefined && last >= rules.andAfter && !pendingAnd) {
        pendingAnd = { start, end, value: 0 };
        continue;
      }
      close();
      if (scale !== undefined && scale < 1_000_000) {
        run = { start, end, count: 1, first: word };
        if (scale === 100) current = 100;
        else total = scale;
        last = scale;
      }
      continue;
    }
    const { value, glued } = found;
    const fits =
      run !== undefined &&
      last !== undefined &&
      ((value < last && (last >= 100 || (last % 10 === 0 && last >= 20 && value < rules.teensAfter))) ||
        (rules.unitsFirst && last < 10 && ((glued && value >= 20 && value < 100) || (!glued && value === 10))));
    if (run && fits) {
      current += value;
      run.end = end;
      run.count += 1;
      last = value;
      pendingAnd = undefined;
      continue;
    }
    close();
    const skip = glued ? (rules.gluedAnd?.length ?? 0) : (found.skip ?? 0);
    run = { start: start + skip, end, count: 1, first: word.slice(skip) };
    current = value;
    last = value;
  }
  close();
  return tokens;
}
