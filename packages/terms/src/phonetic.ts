import { pinyin } from "pinyin-pro";

const CYRILLIC: Record<string, string> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ж: "j",
  з: "s",
  и: "i",
  й: "i",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "k",
  ц: "s",
  ч: "c",
  ш: "c",
  щ: "c",
  ъ: "",
  ы: "i",
  ь: "",
  э: "e",
  ю: "u",
  я: "a",
};
const ARABIC: Record<string, string> = {
  ا: "a",
  ب: "b",
  ت: "t",
  ث: "t",
  ج: "g",
  ح: "k",
  خ: "k",
  د: "d",
  ذ: "d",
  ر: "r",
  ز: "s",
  س: "s",
  ش: "c",
  ص: "s",
  ض: "d",
  ط: "t",
  ظ: "s",
  ع: "a",
  غ: "g",
  ف: "f",
  ق: "k",
  ك: "k",
  ل: "l",
  م: "m",
  ن: "n",
  ه: "",
  و: "o",
  ي: "i",
  ء: "",
};

/**
 * A folded word as it sounds, roughly alike in the Latin languages, Russian and Arabic: ph is f, soft c is s, doubled
 * letters are one, silent h is gone. In the spirit of Philips' Metaphone, with the vowels kept.
 */
export function soundKey(folded: string): string {
  let text = "";
  for (const c of folded) text += CYRILLIC[c] ?? ARABIC[c] ?? c;
  return text
    .replaceAll(/[^a-z]/g, "")
    .replaceAll("ph", "f")
    .replaceAll("th", "t")
    .replaceAll(/s?ch/g, "k")
    .replaceAll("qu", "k")
    .replaceAll(/c(?=[eiy])/g, "s")
    .replaceAll(/[cq]/g, "k")
    .replaceAll("x", "ks")
    .replaceAll("z", "s")
    .replaceAll("y", "i")
    .replaceAll("w", "v")
    .replaceAll("h", "")
    .replaceAll(/(.)\1+/g, "$1");
}

const VOWELS = "aeiou";
const VOICED: Record<string, string> = { d: "t", b: "p", g: "k", v: "f", j: "s", m: "n", l: "r" };

function swapCost(a: string, b: string): number {
  if (a === b) return 0;
  if (VOWELS.includes(a) && VOWELS.includes(b)) return 0.4;
  return VOICED[a] === b || VOICED[b] === a ? 0.5 : 1;
}

const gapCost = (c: string): number => (VOWELS.includes(c) ? 0.6 : 1);

/** Edit distance between two sound keys, cheap where ears mix things up, over the longer length: 0 alike, 1 nothing in common. */
export function soundDistance(a: string, b: string): number {
  let row = [0];
  for (const [j, c] of [...b].entries()) row.push((row[j] ?? 0) + gapCost(c));
  for (const x of a) {
    const next = [(row[0] ?? 0) + gapCost(x)];
    for (const [j, y] of [...b].entries())
      next.push(Math.min((row[j] ?? 0) + swapCost(x, y), (row[j + 1] ?? 0) + gapCost(x), (next[j] ?? 0) + gapCost(y)));
    row = next;
  }
  return (row.at(-1) ?? 0) / Math.max(a.length, b.length, 1);
}

export interface Syllable {
  initial: string;
  final: string;
}

const syllables = new Map<string, Syllable>();

/** Initial and final of one Chinese character, tones left out. */
export function syllableOf(character: string): Syllable {
  let syllable = syllables.get(character);
  if (!syllable) {
    const whole = pinyin(character, { toneType: "none", v: true });
    const initial = /^(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])/.exec(whole)?.[0] ?? "";
    syllable = { initial, final: whole.slice(initial.length) };
    syllables.set(character, syllable);
  }
  return syllable;
}

const NEAR_INITIALS = new Set(["z zh", "c ch", "s sh", "l n", "f h", "l r", "j q", "j x", "q x", "b p", "d t", "g k"]);
const near = (a: string, b: string): boolean => NEAR_INITIALS.has(`${a} ${b}`) || NEAR_INITIALS.has(`${b} ${a}`);
const nasal = (final: string): string => final.replace(/ng$/, "n");

/** 0 for the same syllable; small for pairs that speakers of many regions do not part (z/zh, n/l, -n/-ng); 1 for others. */
export function syllableDistance(a: Syllable, b: Syllable): number {
  const initial = a.initial === b.initial ? 0 : near(a.initial, b.initial) ? 0.25 : 0.6;
  const final = a.final === b.final ? 0 : nasal(a.final) === nasal(b.final) ? 0.15 : soundDistance(a.final, b.final) * 0.6 + 0.1;
  return Math.min(1, initial + final);
}
