import type { RawWord } from "./raw.ts";

/**
 * Words from the pieces that a model writes them in. A word begins at a space; where a language writes none, every
 * character is one. A word is as certain as its least certain piece; what is only punctuation makes none less certain.
 */
export function wordsOf(pieces: readonly RawWord[]): RawWord[] {
  const words: RawWord[] = [];
  for (const { text, probability } of pieces) {
    if (text === "") continue;
    const last = words.at(-1);
    const spoken = /[\p{L}\p{N}]/u.test(text);
    if (!last || /^\s/u.test(text) || (spoken && unspaced.test(text))) {
      words.push({ text: text.trimStart(), ...(probability === undefined ? {} : { probability }) });
      continue;
    }
    last.text += text;
    if (spoken && probability !== undefined) last.probability = Math.min(last.probability ?? 1, probability);
  }
  return words.filter((word) => word.text.trim() !== "");
}

const unspaced = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u;
