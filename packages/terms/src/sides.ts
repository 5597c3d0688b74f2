import type { Rules } from "./rules.ts";

export interface Side {
  start: number;
  end: number;
  side: "left" | "right";
}

/** Left and right as directions of a body, not “right now” or “two left”. */
export function findSides(folded: string, rules: Rules): Side[] {
  const taken: [number, number][] = [];
  for (const pattern of rules.side.ignore)
    for (const match of folded.matchAll(pattern)) taken.push([match.index, match.index + match[0].length]);
  const found: Side[] = [];
  for (const side of ["left", "right"] as const)
    for (const pattern of rules.side[side])
      for (const match of folded.matchAll(pattern)) {
        const end = match.index + match[0].length;
        if (match[0] === "" || taken.some(([a, b]) => a < end && b > match.index)) continue;
        taken.push([match.index, end]);
        found.push({ start: match.index, end, side });
      }
  return found.toSorted((a, b) => a.start - b.start);
}
