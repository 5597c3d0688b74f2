import { hasFigure, type Token, tokens } from "./tokens.ts";

export interface Hypothesis {
  readonly text: string;
  readonly words: readonly { readonly text: string; readonly probability?: number }[];
}

export interface Agreed {
  readonly text: string;
  /** UTF-16 length of the prefix that will not change any more. */
  readonly committed: number;
}

/** Below this a word waits for the final hearing. */
const doubtful = 0.5;

/**
 * Local agreement (Liu, Spanakis, Niehues, Interspeech 2020): what two hearings in a row begin with is committed.
 * Stricter in three ways, because what is committed cannot be mended: the last three words wait, they may not
 * be over; doubtful words and figures wait for the final's better search.
 */
export class LocalAgreement {
  #committed = "";
  #tokens: Token[] = [];
  /** What the last hearing had behind the committed text. */
  #tail: string[] = [];

  get committed(): string {
    return this.#committed;
  }

  interim(hypothesis: Hypothesis): Agreed {
    const { text } = hypothesis;
    const heard = tokens(text);
    const from = this.#alignedTo(heard);
    const tail = heard.slice(from);
    const agreed = Math.min(sharedLength(this.#tail, tail), settled(tail, hypothesis));
    const commitUpTo = from + agreed;
    const begin = from === 0 ? 0 : (heard[from - 1]?.end ?? 0);
    const end = commitUpTo === 0 ? 0 : (heard[commitUpTo - 1]?.end ?? 0);
    if (agreed > 0) {
      this.#committed += text.slice(begin, end);
      this.#tokens.push(...tail.slice(0, agreed));
    }
    this.#tail = tail.slice(agreed).map((token) => token.key);
    return { text: this.#committed + text.slice(Math.max(begin, end)), committed: this.#committed.length };
  }

  /** The last word: everything behind the committed text is taken from it. */
  final(hypothesis: Hypothesis): string {
    const heard = tokens(hypothesis.text);
    const from = this.#alignedTo(heard);
    const begin = from === 0 ? 0 : (heard[from - 1]?.end ?? 0);
    return this.#committed === "" ? hypothesis.text : this.#committed + hypothesis.text.slice(begin);
  }

  /** How many tokens of a hearing stand for the committed ones: the prefix with the fewest edits. */
  #alignedTo(heard: readonly Token[]): number {
    const count = this.#tokens.length;
    if (this.#tokens.every((token, index) => token.key === heard[index]?.key)) return count;
    let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
    for (let i = 1; i <= count; i += 1) {
      const next = [i];
      for (let j = 1; j <= heard.length; j += 1) {
        const exchange = exchangeCost(this.#tokens[i - 1]?.key ?? "", heard[j - 1]?.key ?? "");
        next.push(Math.min((row[j - 1] ?? 0) + exchange, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + passedOver));
      }
      row = next;
    }
    let best = 0;
    for (const [index, cost] of row.entries()) {
      const known = row[best] ?? Number.POSITIVE_INFINITY;
      // Of equals the one closest to as many words as were committed.
      if (cost < known || (cost === known && Math.abs(index - count) < Math.abs(best - count))) best = index;
    }
    return best;
  }
}

/**
 * A word that is passed over is a word nobody reads ("soy alérgico a …" behind a committed "soy a" must not lose the
 * allergy); one that is said over again only looks odd. So a loss costs more than a repetition.
 */
const passedOver = 1.2;

/** One word taken for another: cheap where they are spelled alike. */
function exchangeCost(committed: string, heard: string): number {
  if (committed === heard) return 0;
  const length = Math.max(committed.length, heard.length);
  let same = 0;
  while (same < length && committed[same] === heard[same]) same += 1;
  let ending = 0;
  while (ending < Math.min(committed.length, heard.length) - same && committed.at(-1 - ending) === heard.at(-1 - ending))
    ending += 1;
  return same + ending >= length / 2 ? 0.6 : 1.5;
}

function sharedLength(a: readonly string[], b: readonly Token[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]?.key) length += 1;
  return length;
}

/** How many tokens of the tail are old and certain enough to be committed. */
function settled(tail: readonly Token[], { words }: Hypothesis): number {
  const unsure = new Set(
    words.flatMap((word) => ((word.probability ?? 1) < doubtful ? tokens(word.text).map((token) => token.key) : [])),
  );
  const stop = tail.findIndex((token) => hasFigure(token) || unsure.has(token.key));
  return Math.max(0, Math.min(stop === -1 ? tail.length : stop, tail.length - 3));
}
