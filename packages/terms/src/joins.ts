import { mask, unmask } from "./mask.ts";
import type { NumberToken } from "./numbers.ts";
import type { Rules } from "./rules.ts";

/** Adds fractions said in words, which count from where a unit follows: “half a”, “meia”, 半. */
export function addFractions(folded: string, numbers: NumberToken[], rules: Rules): NumberToken[] {
  const all = [...numbers];
  for (const { pattern, value } of rules.fractions) {
    for (const match of folded.matchAll(pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      for (const token of all.filter((t) => t.start < end && t.end > start)) all.splice(all.indexOf(token), 1);
      all.push({ start, end, value, weak: false });
    }
  }
  return all.toSorted((a, b) => a.start - b.start);
}

/**
 * Joins neighbours into one number: “two and a half”, “thirty-eight point five”, “3 mil”, 38度5, “120 over 80”.
 * `unit+0.5` (两个半小时) adds the half but leaves the unit's words to be read.
 */
export function joinNumbers(folded: string, numbers: NumberToken[], rules: Rules): NumberToken[] {
  let current = numbers;
  for (const { pattern, operation } of rules.joins) {
    const masked = mask(folded, current);
    const gone = new Set<NumberToken>();
    for (const match of masked.text.matchAll(pattern)) {
      const first = unmask(masked, match[1]);
      const second = unmask(masked, match[2]);
      if (!first || gone.has(first)) continue;
      const end = masked.at[match.index + match[0].length] ?? folded.length;
      if (operation === "+0.5" || operation === "+0.25") {
        for (const token of current) if (token !== first && token.start >= first.end && token.end <= end) gone.add(token);
        first.value += Number(operation.slice(1));
        first.end = end;
      } else if (operation === "unit+0.5") {
        if (second && second.value !== 0.5) continue;
        first.value += 0.5;
        if (second) gone.add(second);
      } else if (operation === "half") {
        // “deux … et demie”, “ثلاث ساعات ونصف”: only a half joins, two whole numbers stay two.
        if (second?.value !== 0.5 && second?.value !== 0.25) continue;
        first.value += second.value;
        first.end = second.end;
        gone.add(second);
      } else if (operation.startsWith("*")) {
        first.value *= Number(operation.slice(1));
        first.end = end;
      } else if (operation === "percent") {
        first.start = masked.at[match.index] ?? first.start;
        first.percent = true;
      } else if (second) {
        if (operation === "pair") first.pair = second.value;
        else first.value = Number(`${first.value}.${second.value}`);
        if (operation === "degree") first.degree = true;
        first.end = second.end;
        gone.add(second);
      }
      first.weak = false;
    }
    current = current.filter((t) => !gone.has(t));
  }
  return current;
}
