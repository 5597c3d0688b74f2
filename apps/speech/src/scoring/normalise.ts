import { digitsFor, hanToDigits } from "./number-words.ts";

/** Written short by some engines and long by others. */
const shorthand: Record<string, Record<string, string>> = {
  en: { mg: "milligrams", g: "grams", "%": "percent", mr: "mister", dr: "doctor" },
  pt: { mg: "miligramas", g: "gramas", "%": "porcento" },
  es: { mg: "miligramos", g: "gramos", "%": "porciento" },
  fr: { mg: "milligrammes", g: "grammes", h: "heures", "%": "pourcent" },
};

/**
 * What is compared: words without case, punctuation and accents, numbers as digits. Chinese: characters, simplified
 * or not as they come. An hour written 10:00 counts as 10.
 */
export function normalise(text: string, language: string): string[] {
  const tag = new Intl.Locale(language).language;
  const plain = text.normalize("NFKC").toLowerCase();
  if (tag === "zh" || tag === "ja") return characters(tag === "zh" ? hanToDigits(plain) : plain);
  const short = shorthand[tag] ?? {};
  const words = plain
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .replaceAll(/(\d):00\b/gu, "$1")
    .replaceAll(/(\d),(\d)/gu, "$1.$2")
    .replaceAll("%", " % ")
    .replaceAll(/(\d)h(\d)/gu, "$1 h $2")
    .replaceAll(/(\d)([a-z]+)\b/gu, "$1 $2")
    .replaceAll(/['’]/gu, "")
    .replaceAll(/(?<!\d)\.|\.(?!\d)|[^\p{L}\p{N}.%]+/gu, " ")
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => short[word] ?? word);
  return withDecimals(digitsFor(words, tag));
}

/** What stands between the whole and the parts of a number that is said: "sete vírgula dois". */
const decimalMarks = new Set(["point", "virgula", "coma", "virgule"]);

function withDecimals(words: readonly string[]): string[] {
  const out: string[] = [];
  for (const word of words) {
    const [before = "", mark = ""] = out.slice(-2);
    if (/^\d+$/.test(word) && decimalMarks.has(mark) && /^\d+$/.test(before)) out.splice(-2, 2, `${before}.${word}`);
    else out.push(word);
  }
  return out;
}

/** Numbers whole, every other letter by itself. */
function characters(text: string): string[] {
  return text.match(/\d+(?:\.\d+)?|[a-z]+|\p{L}/gu) ?? [];
}
