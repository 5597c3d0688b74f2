import type { Rules } from "./rules.ts";

/** One “not”, however many words say it. `soft` names a word that holds a “not” without being one: without, avoid, 否认. */
export interface Negation {
  start: number;
  end: number;
  soft?: string;
}

const PUNCTUATION = /[.;:!?,，。；：！？、،؟؛\n]/g;
/** How far, in units, a second negative word still belongs to the first: “não tomei hoje nada”. */
const REACH = 45;

/** Where clauses begin: after punctuation and after “but”. */
export function clauseStarts(folded: string, rules: Rules): number[] {
  const starts = [0];
  for (const match of folded.matchAll(PUNCTUATION)) {
    const inside = /\d/.test(folded.charAt(match.index - 1)) && /\d/.test(folded.charAt(match.index + 1));
    if (!inside) starts.push(match.index + 1);
  }
  for (const match of folded.matchAll(rules.negation.but)) starts.push(match.index);
  return starts.toSorted((a, b) => a - b);
}

export function clauseOf(starts: readonly number[], position: number): number {
  let index = 0;
  while (index + 1 < starts.length && (starts[index + 1] ?? Infinity) <= position) index += 1;
  return index;
}

/** Finds negations: idioms that only look negative are passed over, and concord (“não … nada”) is one. */
export function findNegations(folded: string, rules: Rules): Negation[] {
  const taken: [number, number][] = [];
  const free = (start: number, end: number): boolean => !taken.some(([a, b]) => a < end && b > start);
  const found: Negation[] = [];
  const { ignore, soft, hard, concord } = rules.negation;
  for (const pattern of ignore)
    for (const match of folded.matchAll(pattern)) taken.push([match.index, match.index + match[0].length]);
  const take = (match: RegExpExecArray, name?: string): void => {
    const end = match.index + match[0].length;
    if (match[0] === "" || !free(match.index, end)) return;
    taken.push([match.index, end]);
    found.push(name === undefined ? { start: match.index, end } : { start: match.index, end, soft: name });
  };
  for (const { name, pattern } of soft) for (const match of folded.matchAll(pattern)) take(match, name);
  for (const pattern of hard) for (const match of folded.matchAll(pattern)) take(match);
  if (concord) {
    const starts = clauseStarts(folded, rules);
    const firsts = found.filter((n) => n.soft === undefined || n.soft === "without" || n.soft === "nor");
    for (const match of folded.matchAll(concord)) {
      const end = match.index + match[0].length;
      if (!free(match.index, end)) continue;
      const joined = firsts.some(
        (n) => clauseOf(starts, n.start) === clauseOf(starts, match.index) && Math.abs(n.start - match.index) <= REACH,
      );
      taken.push([match.index, end]);
      if (!joined) {
        const own = { start: match.index, end };
        found.push(own);
        firsts.push(own);
      }
    }
  }
  found.sort((a, b) => a.start - b.start);
  // “Nor” with nothing denied before it is a plain “and not”.
  const [first] = found;
  if (first?.soft === "nor") delete first.soft;
  return found;
}
