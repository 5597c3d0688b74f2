/**
 * The terms that a blind index is made of. Both sides, writing and asking, go through the same functions, and
 * what a token finds is opened and compared with the same folding, so folding too much only costs candidates.
 */

// Marks on these scripts' letters are what people leave out when they type (João, Ñ, Ё, ά, أحمد).
// Khmer, Ethiopic or Devanagari marks are part of the word and stay.
const lightMarks = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}])\p{Mn}+/gu;
const ignorable = /[\p{Default_Ignorable_Code_Point}\u0640]/gu;
const separators = /[^\p{L}\p{M}\p{N}]+/u;
const letters = new Intl.Segmenter("und", { granularity: "grapheme" });

/** NFKC, case folding (Unicode's full one, by way of upper case), no marks people leave out, single spaces. */
export function normaliseTerm(text: string): string {
  return text
    .normalize("NFKC")
    .replace(ignorable, "")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .normalize("NFD")
    .replace(lightMarks, "$1")
    .normalize("NFC")
    .replace(/\s+/gu, " ")
    .trim();
}

/** A name's index terms: each whole word, and each word's first three letters (as a reader counts letters). */
export function nameTerms(name: string): { readonly words: readonly string[]; readonly prefixes: readonly string[] } {
  const words = new Set(
    normaliseTerm(name)
      .split(separators)
      .filter((word) => word !== ""),
  );
  const prefixes = new Set([...words].map(prefixOf));
  return { words: [...words], prefixes: [...prefixes] };
}

/** A date's index terms (FHIR date or dateTime): its year, and its year and month where known. */
export function dateTerms(date: string): readonly string[] {
  const match = /^(\d{4})(?:-(\d{2}))?/.exec(date);
  if (match?.[1] === undefined) return [];
  return match[2] === undefined ? [match[1]] : [match[1], `${match[1]}-${match[2]}`];
}

/**
 * How many bits of a token to keep in a table of `rows` rows with mostly different terms: rows per token lie
 * between 2 and √rows, at their geometric middle.
 */
export function indexBits(rows: number): number {
  const perToken = Math.sqrt(2 * Math.sqrt(Math.max(rows, 4)));
  return Math.max(1, Math.min(64, Math.floor(Math.log2(Math.max(rows, 4) / perToken))));
}

function prefixOf(word: string): string {
  let prefix = "";
  let count = 0;
  for (const { segment } of letters.segment(word)) {
    if (count === 3) break;
    prefix += segment;
    count += 1;
  }
  return prefix;
}
