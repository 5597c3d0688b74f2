import type { NumberToken } from "./numbers.ts";
import { MASK } from "./rules.ts";

/** Folded text with each number as one private-use unit, and the way back. */
export interface Masked {
  text: string;
  /** Start in folded text of each masked unit, and once past the end. */
  at: number[];
  numbers: NumberToken[];
}

export function mask(folded: string, numbers: NumberToken[]): Masked {
  let text = "";
  const at: number[] = [];
  let position = 0;
  for (const [index, token] of numbers.entries()) {
    for (; position < token.start; position += 1) {
      at.push(position);
      text += folded.charAt(position);
    }
    at.push(token.start);
    text += String.fromCharCode(MASK + (index % 0x1000));
    position = token.end;
  }
  for (; position < folded.length; position += 1) {
    at.push(position);
    text += folded.charAt(position);
  }
  at.push(folded.length);
  return { text, at, numbers };
}

/** The number that a masked unit stands for. */
export function unmask(masked: Masked, unit: string | undefined): NumberToken | undefined {
  return unit === undefined ? undefined : masked.numbers[unit.charCodeAt(0) - MASK];
}
