import type { Reading } from "./line.ts";
import { clauseOf, clauseStarts, type Negation } from "./negation.ts";
import type { Flag } from "./types.ts";

/** Soft words that cannot stand in for a “not”: they say nothing about whether something is so. */
const IDLE = new Set(["until", "only", "too", "reply"]);

const wordsOf = (reading: Reading, negation: Negation | undefined): string | undefined =>
  negation && reading.folded.text.slice(negation.start, negation.end);

/**
 * Compares how often each side says “not”. Soft words of one kind on both sides answer each other first; what is left
 * over of them may answer a “not” of the other side (avoid alcohol: não beba álcool).
 */
export function compareNegation(source: Reading, target: Reading): Flag[] {
  const soft = (list: Negation[]): Negation[] => list.filter((n) => n.soft !== undefined);
  const hard = (list: Negation[]): Negation[] => list.filter((n) => n.soft === undefined);
  const sourceSoft = soft(source.negations);
  const targetSoft = soft(target.negations);
  for (const one of sourceSoft.slice()) {
    const other = targetSoft.find((n) => n.soft === one.soft);
    if (!other) continue;
    sourceSoft.splice(sourceSoft.indexOf(one), 1);
    targetSoft.splice(targetSoft.indexOf(other), 1);
  }
  const spare = (list: Negation[]): number => list.filter((n) => !IDLE.has(n.soft ?? "")).length;
  const sourceHard = hard(source.negations);
  const targetHard = hard(target.negations);
  const sourceSpare = spare(sourceSoft);
  const targetSpare = spare(targetSoft);
  const reply = (list: Negation[]): Negation | undefined => list.find((n) => n.soft === "reply");
  if (sourceHard.length > targetHard.length + targetSpare)
    return [{ code: "negation-missing", source: wordsOf(source, sourceHard.at(-1)) }];
  if (targetHard.length > sourceHard.length + sourceSpare)
    return [{ code: "negation-added", target: wordsOf(target, targetHard.at(-1)) }];
  if (reply(sourceSoft) && target.negations.length === 0)
    return [{ code: "negation-missing", source: wordsOf(source, reply(sourceSoft)) }];
  if (reply(targetSoft) && source.negations.length === 0)
    return [{ code: "negation-added", target: wordsOf(target, reply(targetSoft)) }];
  // “With food” for “without food”: a strong soft word lost with nothing in its place.
  const strong = (n: Negation): boolean =>
    n.soft === "without" || n.soft === "avoid" || n.soft === "stop" || n.soft === "forbidden" || n.soft === "deny";
  const lost = sourceSoft.find(strong);
  const gained = targetSoft.find(strong);
  if (lost && targetSpare === 0 && targetHard.length <= sourceHard.length)
    return [{ code: "negation-missing", source: wordsOf(source, lost) }];
  if (gained && sourceSpare === 0 && sourceHard.length <= targetHard.length)
    return [{ code: "negation-added", target: wordsOf(target, gained) }];
  return compareScope(source, target);
}

/** Evening and night are one when it comes to what was denied. */
const DAY: Record<string, string> = {
  "time:night": "time:evening",
  "time:bedtime": "time:evening",
  "time:afternoon": "time:evening",
};

interface Anchor {
  key: string;
  negated: boolean;
}

/** Things named in the line that a “not” may or may not cover, by clause. */
function anchors(reading: Reading): Anchor[] {
  const starts = clauseStarts(reading.folded.text, reading.rules);
  const negated = new Set(reading.negations.filter((n) => !IDLE.has(n.soft ?? "")).map((n) => clauseOf(starts, n.start)));
  const places: [string, number][] = [
    ...reading.drugs.map((d): [string, number] => [`INN:${d.entries[0]?.inn ?? ""}`, d.start]),
    ...reading.terms.map((t): [string, number] => [`term:${t.entries[0]?.id ?? ""}`, t.start]),
    ...reading.quantities
      .filter((q) => q.kind === "time" && q.value.startsWith("time:"))
      .map((q): [string, number] => [DAY[q.value] ?? q.value, q.start]),
  ];
  return places.map(([key, start]) => ({ key, negated: negated.has(clauseOf(starts, start)) }));
}

/** Equal counts may still hide a “not” that moved: one thing lost it and another gained it. */
function compareScope(source: Reading, target: Reading): Flag[] {
  if (source.negations.length === 0) return [];
  const there = new Map(anchors(target).map((a) => [a.key, a.negated]));
  const shared = anchors(source).filter((a) => there.has(a.key));
  const lost = shared.filter((a) => a.negated && there.get(a.key) === false);
  const gained = shared.filter((a) => !a.negated && there.get(a.key) === true);
  if (lost.length === 0 || gained.length === 0) return [];
  return [
    { code: "negation-missing", source: lost[0]?.key },
    { code: "negation-added", target: gained[0]?.key },
  ];
}
