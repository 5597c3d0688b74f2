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
    .replaceAll("ñ", "n")
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
/** Costs of hearing one letter for another, by char code, so that the inner loop only looks up. */
const SWAP = new Float64Array(128 * 128).fill(1);
const GAP = new Float64Array(128).fill(1);
for (const a of "abcdefghijklmnopqrstuvwxyz") {
  if (VOWELS.includes(a)) GAP[a.charCodeAt(0)] = 0.6;
  for (const b of "abcdefghijklmnopqrstuvwxyz") {
    const alike = VOICED[a] === b || VOICED[b] === a;
    const cost = a === b ? 0 : VOWELS.includes(a) && VOWELS.includes(b) ? 0.4 : alike ? 0.5 : 1;
    SWAP[a.charCodeAt(0) * 128 + b.charCodeAt(0)] = cost;
  }
}
const ROWS = [new Float64Array(64), new Float64Array(64)];

/**
 * Edit distance between two sound keys, cheap where ears mix things up, over the longer length: 0 alike, 1 nothing in
 * common. Gives 1 as soon as it must exceed `limit`.
 */
export function soundDistance(a: string, b: string, limit = 1): number {
  const longest = Math.max(a.length, b.length, 1);
  if (b.length > 62 || a.length > 62) return 1;
  let [row = new Float64Array(64), next = new Float64Array(64)] = ROWS;
  row[0] = 0;
  for (let j = 0; j < b.length; j += 1) row[j + 1] = (row[j] ?? 0) + (GAP[b.charCodeAt(j)] ?? 1);
  for (let i = 0; i < a.length; i += 1) {
    const code = a.charCodeAt(i);
    const gap = GAP[code] ?? 1;
    next[0] = (row[0] ?? 0) + gap;
    let least = next[0] ?? 0;
    for (let j = 0; j < b.length; j += 1) {
      const other = b.charCodeAt(j);
      const swap = (row[j] ?? 0) + (SWAP[code * 128 + other] ?? 1);
      const drop = (row[j + 1] ?? 0) + gap;
      const add = (next[j] ?? 0) + (GAP[other] ?? 1);
      const best = swap < drop ? (swap < add ? swap : add) : drop < add ? drop : add;
      next[j + 1] = best;
      if (best < least) least = best;
    }
    if (least > limit * longest) return 1;
    [row, next] = [next, row];
  }
  return (row[b.length] ?? 0) / longest;
}

/** Which letters a key holds, one bit each. */
export function letterSet(key: string): number {
  let bits = 0;
  for (let i = 0; i < key.length; i += 1) bits |= 1 << (key.charCodeAt(i) - 97);
  return bits;
}

/** How many letters only one of two sets holds. */
export function lettersApart(a: number, b: number): number {
  let bits = a ^ b;
  let count = 0;
  while (bits !== 0) {
    bits &= bits - 1;
    count += 1;
  }
  return count;
}

export interface Syllable {
  initial: string;
  final: string;
}

/** By character, and by reading: characters that sound alike share one object, so that distances can be kept. */
const syllables = new Map<string, Syllable>();
const readings = new Map<string, Syllable>();

/** Initial and final of one Chinese character, tones left out. */
export function syllableOf(character: string): Syllable {
  let syllable = syllables.get(character);
  if (!syllable) {
    const whole = pinyin(character, { toneType: "none", v: true });
    const initial = /^(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])/.exec(whole)?.[0] ?? "";
    syllable = readings.get(whole) ?? { initial, final: whole.slice(initial.length) };
    readings.set(whole, syllable);
    syllables.set(character, syllable);
  }
  return syllable;
}

const NEAR_INITIALS = new Set(["z zh", "c ch", "s sh", "l n", "f h", "l r", "j q", "j x", "q x", "b p", "d t", "g k"]);
const near = (a: string, b: string): boolean => NEAR_INITIALS.has(`${a} ${b}`) || NEAR_INITIALS.has(`${b} ${a}`);
const nasal = (final: string): string => final.replace(/ng$/, "n");

const distances = new Map<Syllable, Map<Syllable, number>>();

/** 0 for the same syllable; small for pairs that speakers of many regions do not part (z/zh, n/l, -n/-ng); 1 for others. */
export function syllableDistance(a: Syllable, b: Syllable): number {
  if (a === b) return 0;
  let row = distances.get(a);
  if (!row) {
    row = new Map();
    distances.set(a, row);
  }
  let distance = row.get(b);
  if (distance === undefined) {
    const initial = a.initial === b.initial ? 0 : near(a.initial, b.initial) ? 0.25 : 0.6;
    const blurred = nasal(a.final) === nasal(b.final) ? 0.15 : soundDistance(a.final, b.final) * 0.6 + 0.1;
    distance = Math.min(1, initial + (a.final === b.final ? 0 : blurred));
    row.set(b, distance);
  }
  return distance;
}
