import type { Flag } from "./types.ts";

const SCRIPT: Record<string, RegExp> = {
  zh: /\p{Script=Han}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  uk: /\p{Script=Cyrillic}/u,
  be: /\p{Script=Cyrillic}/u,
  bg: /\p{Script=Cyrillic}/u,
  kk: /\p{Script=Cyrillic}/u,
  ky: /\p{Script=Cyrillic}/u,
  tg: /\p{Script=Cyrillic}/u,
  mn: /[\p{Script=Cyrillic}\p{Script=Mongolian}]/u,
  mk: /\p{Script=Cyrillic}/u,
  ar: /\p{Script=Arabic}/u,
  fa: /\p{Script=Arabic}/u,
  ur: /\p{Script=Arabic}/u,
  ps: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ne: /\p{Script=Devanagari}/u,
  bn: /\p{Script=Bengali}/u,
  ta: /\p{Script=Tamil}/u,
  si: /\p{Script=Sinhala}/u,
  th: /\p{Script=Thai}/u,
  lo: /\p{Script=Lao}/u,
  km: /\p{Script=Khmer}/u,
  my: /\p{Script=Myanmar}/u,
  ka: /\p{Script=Georgian}/u,
  hy: /\p{Script=Armenian}/u,
  am: /\p{Script=Ethiopic}/u,
  el: /\p{Script=Greek}/u,
  dz: /\p{Script=Tibetan}/u,
  dv: /\p{Script=Thaana}/u,
};
const LATIN = /\p{Script=Latin}/u;

/** Script of a language's usual writing; Latin where nothing else is known. */
export function scriptOf(tag: string): RegExp {
  if (/-latn/i.test(tag)) return LATIN;
  if (/-cyrl/i.test(tag)) return /\p{Script=Cyrillic}/u;
  return SCRIPT[tag.toLowerCase().split("-")[0] ?? tag] ?? LATIN;
}

function runs(text: string, script: RegExp): number {
  return [...text.matchAll(/\p{L}[\p{L}\p{M}]*/gu)].filter((m) => script.test(m[0])).length;
}

/** Flags a target that is empty, is the source again, is in another script, or kept words of the source's script. */
export function compareScripts(source: { text: string; language: string }, target: { text: string; language: string }): Flag[] {
  if (!/\p{L}/u.test(source.text)) return [];
  const flag: Flag[] = [{ code: "untranslated", source: source.text, target: target.text }];
  const trimmed = target.text.trim();
  if (trimmed === "") return flag;
  const [from, to] = [scriptOf(source.language), scriptOf(target.language)];
  const different = from.source !== to.source;
  const letters = /\p{L}/u.test(trimmed);
  if (letters && different && !to.test(trimmed) && runs(trimmed, from) > 1) return flag;
  if (different && from.source !== LATIN.source && runs(trimmed, from) > 0) return flag;
  if (different && from.source === LATIN.source && runs(trimmed, LATIN) >= 5) return flag;
  const base = (tag: string): string => tag.toLowerCase().split("-")[0] ?? tag;
  const again = base(source.language) !== base(target.language) && source.text.trim().toLowerCase() === trimmed.toLowerCase();
  return again && runs(trimmed, from) >= 3 ? flag : [];
}
