import { tokens } from "../../stream/tokens.ts";

/** Shorter stretches are said twice by people: "no, no", "two in the morning, two at night". */
const LEAST_TOKENS = 4;
const LEAST_CHARACTERS = 12;
const LEAST_HAN = 5;
/** Share of a stretch's words that may differ in its repetition: a loop changes a word now and then. */
const VARIATION = 0.25;

/**
 * Where a stretch of words begins anew right behind itself, word for word or nearly: a UTF-16 offset, or undefined.
 * People do say a thing twice, so this is a suspicion: a second, different search decides.
 */
export function repeatedAt(text: string): number | undefined {
  const found = tokens(text);
  const words = found.map(({ key }) => key);
  let best: { at: number; differs: number } | undefined;
  for (let length = LEAST_TOKENS; length * 2 <= words.length; length++) {
    for (let at = 0; at + length * 2 <= words.length; at++) {
      const stretch = words.slice(at, at + length);
      if (!longEnough(stretch)) continue;
      const differs = distance(stretch, words.slice(at + length, at + length * 2));
      // A stretch one word too short resembles its repetition too: the closest likeness says where it begins anew.
      if (differs <= Math.floor(length * VARIATION) && differs < (best?.differs ?? Infinity)) best = { at: at + length, differs };
    }
  }
  return best && found[best.at]?.start;
}

/** What an interim shows of a text that repeats itself: the final will say whether it was said twice. */
export function saidOnce<Hearing extends { text: string; words: { text: string }[] }>(heard: Hearing): Hearing {
  const at = repeatedAt(heard.text);
  if (at === undefined) return heard;
  const text = heard.text.slice(0, at).trimEnd();
  let left = bare(text).length;
  const words = heard.words.filter((word) => left > 0 && (left -= bare(word.text).length) >= 0);
  return { ...heard, text, words };
}

/** Letters and Han characters in a second that nobody reaches in a whole line; fast talkers stay a quarter below. */
const FASTEST = 21;
const FASTEST_HAN = 7.5;

/** What repeats itself and could not have been said twice in so many seconds, without its repetition. */
export function withoutImpossibleRepeat<Hearing extends { text: string; words: { text: string }[]; cut: boolean }>(
  heard: Hearing,
  seconds: number,
): Hearing {
  if (repeatedAt(heard.text) === undefined) return heard;
  const han = heard.text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const needed = han / FASTEST_HAN + (heard.text.length - han) / FASTEST;
  return needed > seconds ? { ...saidOnce(heard), cut: false } : heard;
}

const bare = (text: string) => text.replaceAll(/\s/gu, "");

/** Of two hearings of one segment, the shorter one where the longer repeats itself and the shorter does not. */
export function unrepeated<Hearing extends { text: string }>(suspect: Hearing, second: Hearing): Hearing {
  const much = tokens(suspect.text).length;
  const less = tokens(second.text).length;
  return less > 0 && less <= much * 0.75 && repeatedAt(second.text) === undefined ? second : suspect;
}

function longEnough(stretch: readonly string[]): boolean {
  const letters = stretch.join("");
  return letters.length >= LEAST_CHARACTERS || (letters.match(/\p{Script=Han}/gu)?.length ?? 0) >= LEAST_HAN;
}

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
