import { hidden } from "../catalogue.ts";
import { sameAsEnglish } from "./allowed.ts";
import type { Finding } from "./fault.ts";
import { type Shape, shapeOf } from "./message.ts";
import { numberFindings } from "./numbers.ts";
import { pluralFindings } from "./plurals.ts";
import { scriptFindings } from "./scripts.ts";
import { unitFindings } from "./units.ts";

export interface Pair {
  readonly tag: string;
  readonly namespace: string;
  readonly key: string;
  /** English, known to be a good message. */
  readonly source: string;
  readonly target: string;
}

/**
 * Everything that can be said of one translation beside its English text. A clinical phrase may give
 * several ways to say it, set apart by “|”: each must hold by itself.
 */
export function judgePair(pair: Pair): readonly Finding[] {
  if (pair.namespace !== "clinical") return judgeOne(pair);
  const [source = pair.source] = ways(pair.source);
  return ways(pair.target).flatMap((target) => judgeOne({ ...pair, source, target }));
}

const ways = (text: string): readonly string[] => text.split(" | ");

function judgeOne(pair: Pair): readonly Finding[] {
  const found: Finding[] = [];
  const mark = hidden.exec(pair.target)?.[0];
  if (mark !== undefined) {
    const code = `U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    found.push({
      severity: "error",
      rule: "hidden-character",
      reason: `It hides ${code}, which reorders or breaks text unseen.`,
    });
  }
  if (pair.target.trim() === "") found.push({ severity: "error", rule: "untranslated", reason: "It is empty." });
  let target: Shape;
  try {
    target = shapeOf(pair.target);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    return [...found, { severity: "error", rule: "message", reason: `It is not an ICU message (${why}): compare its braces.` }];
  }
  const source = shapeOf(pair.source);
  found.push(...placeholderFindings(source, target), ...pluralFindings(target, pair.tag));
  if (pair.tag === "en") return found;
  found.push(
    ...scriptFindings(target.branches, pair.source, pair.tag),
    ...numberFindings(target.branches, source.branches),
    // Of the whole text: placeholders count as numbers, and branches have lost them.
    ...unitFindings(pair.target, pair.source),
    ...untranslated(pair, source),
    // Phrases are spoken, or shown on a screen of their own.
    ...(pair.namespace === "clinical" ? [] : tooLong(source, target)),
  );
  return found;
}

function placeholderFindings(source: Shape, target: Shape): readonly Finding[] {
  const error = (reason: string): Finding => ({ severity: "error", rule: "placeholder", reason });
  return [
    ...[...source.placeholders].filter((name) => !target.placeholders.has(name)).map((name) => error(`{${name}} is missing.`)),
    ...[...target.placeholders]
      .filter((name) => !source.placeholders.has(name))
      .map((name) => error(`{${name}} is not in English.`)),
    ...[...target.selects]
      .filter(([name, options]) => source.selects.get(name) !== options)
      .map(([name]) => error(`The options of {${name}} differ from English (${source.selects.get(name) ?? "none"}).`)),
  ];
}

/** One word may well be the same in two languages; a sentence is not. */
function untranslated(pair: Pair, source: Shape): readonly Finding[] {
  if (pair.target !== pair.source) return [];
  const words = source.branches.join(" ").match(/\p{L}{2,}/gu) ?? [];
  const allowed = sameAsEnglish[`${pair.namespace}:${pair.key}`];
  if (words.length < 2 || allowed === "*" || allowed?.includes(pair.tag) === true) return [];
  return [{ severity: "error", rule: "untranslated", reason: "It is the English text." }];
}

const segmenter = new Intl.Segmenter();
const length = (text: string): number => [...segmenter.segment(text)].length;

/** Buttons and labels: twice the English, and always at least 24 characters, which fit a phone. */
function tooLong(source: Shape, target: Shape): readonly Finding[] {
  const english = Math.max(...source.branches.map(length));
  if (english > 40) return [];
  const longest = Math.max(...target.branches.map(length));
  const limit = Math.max(24, 2 * english);
  if (longest <= limit) return [];
  return [
    {
      severity: "warning",
      rule: "length",
      reason: `${longest} characters; more than ${limit} may not fit (English has ${english}).`,
    },
  ];
}
