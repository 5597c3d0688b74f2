/**
 * Names as people type them: compatibility forms and case folded, accents of Latin, Greek and Cyrillic
 * dropped, Arabic letters that are written in several ways made one. Source of the folds: Unicode
 * UAX #15 (NFKC), CaseFolding.txt by way of `toLowerCase`.
 */
export function normaliseText(text: string): string {
  return text
    .replaceAll("´", "'") // NFKD would make a space and an accent of it
    .normalize("NFKD")
    .toLowerCase()
    .replace(foldPattern, (letter) => folds[letter] ?? letter)
    .replace(droppedMarks, "")
    .normalize("NFC")
    .trim();
}

/** Combining accents; Hebrew points; Arabic vowel signs and the stretching tatweel. */
const droppedMarks = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a]|\u0640|[\u064b-\u065f]|\u0670/gu;

const folds: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ı: "i",
  þ: "th",
  ς: "σ",
  ى: "ي",
  ی: "ي",
  ة: "ه",
  ک: "ك",
  ٱ: "ا",
  // The Uzbek oʻ and gʻ, the glottal stop, and what a keyboard without them types instead: `words` drops them all.
  ʻ: "'",
  ʼ: "'",
  "‘": "'",
  "’": "'",
  "`": "'",
  ʾ: "'",
  ʿ: "'",
  ʹ: "'",
};
const foldPattern = new RegExp(`[${Object.keys(folds).join("")}]`, "gu");

/** Scripts written without spaces between words: a name is found by any two letters in a row. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Khmer}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** Words of a name, normalised: split at anything but letters, digits, marks and inner apostrophes. */
export function words(text: string): string[] {
  return normaliseText(text)
    .split(/[^\p{L}\p{N}\p{M}']+/u)
    .map((word) => word.replaceAll("'", ""))
    .filter((word) => word !== "");
}

export function isUnspaced(word: string): boolean {
  return unspaced.test(word);
}

/** Prefix lengths that are indexed, in letters. Two letters of a syllabary say as much as three of an alphabet. */
const prefixLengths = [3, 5, 7] as const;
const syllabic = /[\p{Script=Ethiopic}\p{Script=Hangul}]/u;

/** A term of the name index. The kinds never mix: `w` whole word, `p` prefix, `c` one or two letters inside. */
export type NameTerm = `${"w" | "p" | "c"}:${string}`;

/** Every term under which a name is stored. */
export function nameTerms(text: string): NameTerm[] {
  const terms = new Set<NameTerm>();
  const parts = words(text);
  for (const word of parts) {
    terms.add(`w:${word}`);
    if (isUnspaced(word)) continue;
    const letters = [...word];
    for (const length of prefixLengths) if (letters.length >= length) terms.add(`p:${letters.slice(0, length).join("")}`);
    if (syllabic.test(word) && letters.length >= 2) terms.add(`p:${letters.slice(0, 2).join("")}`);
  }
  const joined = parts.filter(isUnspaced).join("");
  const letters = [...joined];
  for (const letter of letters) terms.add(`c:${letter}`);
  for (let at = 0; at + 1 < letters.length; at += 1) terms.add(`c:${letters[at]}${letters[at + 1]}`);
  return [...terms];
}

/**
 * The terms of which a name must have all, or any when it is one word, to be a candidate for `query`;
 * `undefined` when the query is too short to narrow anything (one or two letters of an alphabet).
 */
export function nameQueryTerms(query: string, exact: boolean): NameTerm[][] | undefined {
  const parts = words(query);
  const groups: NameTerm[][] = [];
  for (const word of parts) {
    if (isUnspaced(word)) continue;
    const letters = [...word];
    // The two narrowest: many other names share the token of either, hardly one shares both.
    const prefixes = prefixLengths.filter((length) => length <= letters.length).slice(-2);
    if (exact) groups.push([`w:${word}`]);
    for (const length of prefixes.toReversed()) groups.push([`p:${letters.slice(0, length).join("")}`]);
    if (!exact && letters.length === 2 && syllabic.test(word)) groups.push([`p:${word}`]);
  }
  for (const run of parts.filter(isUnspaced)) {
    const letters = [...run];
    if (letters.length === 1) groups.push([`c:${run}`]);
    for (let at = 0; at + 1 < letters.length; at += 1) groups.push([`c:${letters[at]}${letters[at + 1]}`]);
  }
  return groups.length === 0 ? undefined : groups;
}

/** Whether a name answers a query: every word of the query begins a word of the name, in any order. */
export function nameMatches(name: string, query: string, exact: boolean): boolean {
  const have = words(name);
  const joined = have.filter(isUnspaced).join("");
  const wanted = words(query);
  return (
    wanted.length > 0 &&
    wanted.every((word) =>
      isUnspaced(word) ? joined.includes(word) : have.some((other) => (exact ? other === word : other.startsWith(word))),
    )
  );
}

/** Digits of a telephone number with a leading international `00` or `+` dropped. */
export function normalisePhone(text: string): string {
  return normaliseText(text)
    .replaceAll(/[^\d+]/g, "")
    .replace(/^(\+|00)/, "");
}
