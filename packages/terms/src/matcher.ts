import { foldText } from "./fold.ts";
import type { Rules } from "./rules.ts";

export interface TermMatch<T> {
  start: number;
  end: number;
  entries: T[];
}

/** Longest-match lookup of many terms in folded text; words may carry the language's common endings and prefixes. */
export interface Matcher<T> {
  find(folded: string): TermMatch<T>[];
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LONGEST = 6;

/** Takes off one known prefix and one known ending, keeping at least `least` letters. */
export function stem(word: string, rules: Rules): string {
  let out = word;
  const { prefixes, suffixes, least } = rules.stem;
  for (const prefix of prefixes)
    if (out.startsWith(prefix) && out.length - prefix.length >= least) {
      out = out.slice(prefix.length);
      break;
    }
  for (const suffix of suffixes)
    if (out.endsWith(suffix) && out.length - suffix.length >= least) {
      out = out.slice(0, -suffix.length);
      break;
    }
  return out;
}

/** The stem of a word with a glued “and”, “with” or “for” taken off; empty where there is none. */
function unclitic(word: string, rules: Rules): string {
  const { clitics, least } = rules.stem;
  const clitic = clitics.find((c) => word.startsWith(c) && word.length - c.length > least);
  return clitic === undefined ? "" : stem(word.slice(clitic.length), rules);
}

interface Word {
  text: string;
  start: number;
  end: number;
}

export function words(folded: string): Word[] {
  return [...folded.matchAll(WORD)].map((m) => ({ text: m[0], start: m.index, end: m.index + m[0].length }));
}

function spacedMatcher<T>(terms: Iterable<readonly [string, T]>, rules: Rules): Matcher<T> {
  const index = new Map<string, T[]>();
  const firsts = new Map<string, number>();
  for (const [term, entry] of terms) {
    const parts = words(foldText(term)).map((w) => stem(w.text, rules));
    if (parts.length === 0 || parts.length > LONGEST) continue;
    const key = parts.join(" ");
    const first = parts[0] ?? "";
    firsts.set(first, Math.max(firsts.get(first) ?? 0, parts.length));
    const entries = index.get(key);
    if (!entries) index.set(key, [entry]);
    else if (!entries.includes(entry)) entries.push(entry);
  }
  const longestAt = (
    list: Word[],
    stems: string[],
    i: number,
    head: string,
  ): { found: TermMatch<T>; words: number } | undefined => {
    const longest = head === "" ? 0 : (firsts.get(head) ?? 0);
    for (let n = Math.min(longest, list.length - i); n > 0; n -= 1) {
      const entries = index.get([head, ...stems.slice(i + 1, i + n)].join(" "));
      const [first, last] = [list[i], list[i + n - 1]];
      if (entries && first && last) return { found: { start: first.start, end: last.end, entries }, words: n };
    }
    return undefined;
  };
  return {
    find(folded) {
      const list = words(folded);
      const stems = list.map((w) => stem(w.text, rules));
      const found: TermMatch<T>[] = [];
      for (let i = 0; i < list.length; i += 1) {
        const match =
          longestAt(list, stems, i, stems[i] ?? "") ?? longestAt(list, stems, i, unclitic(list[i]?.text ?? "", rules));
        if (!match) continue;
        found.push(match.found);
        i += match.words - 1;
      }
      return found;
    },
  };
}

function unspacedMatcher<T>(terms: Iterable<readonly [string, T]>): Matcher<T> {
  const index = new Map<string, T[]>();
  const longest = new Map<string, number>();
  for (const [term, entry] of terms) {
    const key = foldText(term).replaceAll(" ", "");
    const first = key.charAt(0);
    if (first === "") continue;
    longest.set(first, Math.max(longest.get(first) ?? 0, key.length));
    const entries = index.get(key);
    if (!entries) index.set(key, [entry]);
    else if (!entries.includes(entry)) entries.push(entry);
  }
  return {
    find(folded) {
      const found: TermMatch<T>[] = [];
      for (let i = 0; i < folded.length; i += 1) {
        for (let n = Math.min(longest.get(folded.charAt(i)) ?? 0, folded.length - i); n > 0; n -= 1) {
          const entries = index.get(folded.slice(i, i + n));
          if (!entries) continue;
          const latin = /[a-z]/.test(folded.charAt(i)) && /[a-z]/.test(folded.charAt(i - 1) + folded.charAt(i + n));
          if (latin) continue;
          found.push({ start: i, end: i + n, entries });
          i += n - 1;
          break;
        }
      }
      return found;
    },
  };
}

export function makeMatcher<T>(terms: Iterable<readonly [string, T]>, rules: Rules): Matcher<T> {
  return rules.spaced ? spacedMatcher(terms, rules) : unspacedMatcher(terms);
}
