import type { Reading } from "./line.ts";

interface Said {
  kind: string;
  /** What it counts or names, more closely. */
  sort: string;
  start: number;
  end: number;
}

/** How far what is corrected may stand from the words that correct it, in UTF-16 units. */
const REACH = 60;
/** “two, no, three”: a mere “no” corrects only what stands right beside it, after a pause: “no prednisone” denies. */
const BESIDE = 4;
const PAUSE = /^ ?[,.;:!…-]/;

function saidIn(reading: Reading): Said[] {
  const amounts = reading.quantities.map((q) => ({ kind: "amount", sort: q.kind, start: q.start, end: q.end }));
  const names = reading.drugs.map((d) => ({ kind: "drug", sort: "drug", start: d.start, end: d.end }));
  const sides = reading.sides.map((s) => ({ kind: "side", sort: "side", start: s.start, end: s.end }));
  return [...amounts, ...names, ...sides].toSorted((a, b) => a.start - b.start);
}

/**
 * The words with which a speaker took back an amount, a medicine or a side (“twice, no, sorry, three times”), or nothing.
 * A translation may keep both, or lose the correction; nobody but a person can tell which one holds.
 *
 * @returns offsets into the folded text
 */
export function findCorrection(reading: Reading): { start: number; end: number } | undefined {
  const { corrections } = reading.rules;
  if (!corrections) return undefined;
  const said = saidIn(reading);
  const { text } = reading.folded;
  for (const [pattern, sure] of [[corrections.sure, true] as const, [corrections.between, false] as const])
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (!sure && !PAUSE.test(text.slice(end))) continue;
      const reach = sure ? REACH : BESIDE;
      const after = said.filter((s) => s.start >= end && s.start - end <= reach);
      const before = said.filter((s) => s.end <= start && start - s.end <= reach);
      const pairs = (same: (a: Said, b: Said) => boolean): [Said, Said][] =>
        before.toReversed().flatMap((b) => after.filter((a) => same(a, b)).map((a): [Said, Said] => [b, a]));
      const [pair] = [...pairs((a, b) => a.sort === b.sort), ...pairs((a, b) => a.kind === b.kind)];
      if (pair && differ(text, ...pair)) return { start: pair[0].start, end: pair[1].end };
      // The line may begin with the correction; what it corrects was in the line before.
      const [begun] = after;
      if (sure && begun && text.slice(0, start).trim() === "") return { start, end: begun.end };
    }
  return undefined;
}

const differ = (text: string, a: Said, b: Said): boolean => text.slice(a.start, a.end) !== text.slice(b.start, b.end);
