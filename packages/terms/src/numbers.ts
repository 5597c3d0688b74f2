import { HANZI_RUN, readHanzi } from "./hanzi.ts";
import type { Rules } from "./rules.ts";
import { readSpelled } from "./spelled.ts";

/** A number found in folded text. */
export interface NumberToken {
  start: number;
  end: number;
  value: number;
  /** `120/80`, where it is two numbers said as one. */
  pair?: number;
  /** A unit that is part of how the number is said: 百分之五, 38度5. */
  percent?: boolean;
  degree?: boolean;
  /** An article, a lone “one”, an ordinal: it may answer a number on the other side, but is not missed. */
  weak: boolean;
}

const CLOCK = /(?<![\d.:])([01]?\d|2[0-4])[:h]([0-5]\d)(?!\d)/;
const FRACTIONS: Record<string, number> = { "½": 0.5, "⅓": 1 / 3, "¼": 0.25, "¾": 0.75, "⅔": 2 / 3, "⅛": 0.125 };
const DIGITS = /\d{1,3}(?: \d{3})+(?![\d])|\d+(?:[.,]\d+)*|[½⅓¼¾⅔⅛]/g;

/**
 * `1,000` and `1.000` by the language's own habit, `0.125` and `37,5` by their form.
 * A comma before three digits is thousands where the point is the decimal sign, and the other way round.
 */
export function readDigits(text: string, decimal: "." | ","): number | undefined {
  const compact = text.replaceAll(" ", "");
  const other = decimal === "." ? "," : ".";
  const groups = new RegExp(`^[1-9]\\d{0,2}(?:\\${other}\\d{3})+(?:\\${decimal}\\d+)?$`);
  if (groups.test(compact)) return Number(compact.replaceAll(other, "").replace(decimal, "."));
  if (/^\d+(?:[.,]\d+)?$/.test(compact)) return Number(compact.replace(",", "."));
  const repeated = /^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+$/;
  if (repeated.test(compact)) return Number(compact.replaceAll(/[.,]/g, ""));
  return undefined;
}

function digitTokens(text: string, rules: Rules): NumberToken[] {
  const tokens: NumberToken[] = [];
  for (const match of text.matchAll(DIGITS)) {
    let [raw] = match;
    let start = match.index;
    // B12, T4, H1N1 are names, not amounts.
    if (/[a-z]$/.test(text.slice(0, start)) && !/(?:^|[^a-z])x$/.test(text.slice(0, start))) continue;
    const fraction = FRACTIONS[raw];
    const before = tokens.at(-1);
    if (fraction !== undefined) {
      if (before && before.end === start) {
        before.value += fraction;
        before.end += 1;
      } else tokens.push({ start, end: start + 1, value: fraction, weak: false });
      continue;
    }
    if (raw.includes(" ") && !rules.spaceThousands) {
      for (const part of raw.split(" ")) {
        tokens.push({ start, end: start + part.length, value: Number(part), weak: false });
        start += part.length + 1;
      }
      continue;
    }
    const value = readDigits(raw, rules.decimal);
    const ordinal = /^(?:st|nd|rd|th|º|ª|o\.|er|e|eme|re|-?(?:и|го|й|я|е))(?![\p{L}])/u.test(text.slice(start + raw.length));
    const name = /\p{L}-$/u.test(text.slice(0, start));
    if (value !== undefined) {
      tokens.push({ start, end: start + raw.length, value, weak: ordinal || name });
      continue;
    }
    for (const part of raw.split(/[.,]/)) {
      if (part !== "") tokens.push({ start, end: start + part.length, value: Number(part), weak: false });
      start += part.length + 1;
    }
  }
  return tokens;
}

/** `1/2` is a half, `120/80` a blood pressure; other ratios stay two numbers. */
function joinRatios(text: string, tokens: NumberToken[]): NumberToken[] {
  const joined: NumberToken[] = [];
  for (const token of tokens) {
    const before = joined.at(-1);
    if (before && before.pair === undefined && /^ ?\/ ?$/.test(text.slice(before.end, token.start))) {
      if (before.value >= 40 && token.value >= 20) {
        before.pair = token.value;
        before.end = token.end;
        continue;
      }
      if (before.value < token.value && token.value <= 8 && token.value > 1 && text.slice(before.end, token.start) === "/") {
        const value = before.value / token.value;
        const whole = joined.at(-2);
        before.value = value;
        before.end = token.end;
        if (whole && Number.isInteger(whole.value) && text.slice(whole.end, before.start) === " " && whole.value < 20) {
          whole.value += value;
          whole.end = before.end;
          joined.pop();
        }
        continue;
      }
    }
    joined.push(token);
  }
  return joined;
}

function hanziTokens(text: string): NumberToken[] {
  const tokens: NumberToken[] = [];
  for (const match of text.matchAll(HANZI_RUN)) {
    const value = readHanzi(match[0]);
    if (value === undefined) continue;
    tokens.push({ start: match.index, end: match.index + match[0].length, value, weak: match[0].length === 1 });
  }
  return tokens;
}

/** All numbers of a folded line, in order, none overlapping. `taken` marks units that belong to a name. */
export function findNumbers(text: string, rules: Rules, taken: (start: number, end: number) => boolean): NumberToken[] {
  const clocks = [...text.matchAll(new RegExp(CLOCK, "g"))].map((m) => [m.index, m.index + m[0].length] as const);
  const found = joinRatios(text, digitTokens(text, rules)).filter(
    (t) => !clocks.some(([start, end]) => t.start < end && t.end > start),
  );
  const words = rules.language === "zh" ? hanziTokens(text) : readSpelled(text, rules);
  for (const token of words) {
    const clash = found.find((t) => t.start < token.end && t.end > token.start);
    if (clash && token.start <= clash.start && token.end > clash.end) found.splice(found.indexOf(clash), 1);
    else if (clash) continue;
    found.push(token);
  }
  return found.filter((t) => !taken(t.start, t.end)).toSorted((a, b) => a.start - b.start);
}
