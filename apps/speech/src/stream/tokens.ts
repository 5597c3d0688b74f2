/** A word of a text (a single character in scripts without spaces), without the punctuation around it. */
export interface Token {
  /** Folded, to compare. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const words =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{N}\p{M}])+(?:['’.,:/-](?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+)*/gu;

export function tokens(text: string): Token[] {
  return [...text.matchAll(words)].map((match) => ({
    key: match[0].normalize("NFKC").toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Written in figures: what a second, better hearing most often changes. */
export function hasFigure(token: Token): boolean {
  return /\p{N}/u.test(token.key);
}
