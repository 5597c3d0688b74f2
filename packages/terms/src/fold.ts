/** The zero of every decimal digit row a patient's text is likely to hold (Unicode, general category Nd). */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090,
  0x17e0, 0x1810, 0x19d0, 0xff10,
];
const OTHER: Record<string, string> = {
  "’": "'",
  "‘": "'",
  ʼ: "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "-",
  "‑": "-",
  "−": "-",
  "٫": ".",
  "٬": ",",
  µ: "u",
  μ: "u",
  ة: "ه",
  ى: "ي",
  ی: "ي",
  ک: "ك",
  œ: "oe",
  æ: "ae",
  ß: "ss",
  "×": "x",
  "℃": "°c",
  "℉": "°f",
};
const MARKS = /\p{Mn}|\p{Cf}|\u0640/u;
/** Only marks of these scripts may be left out; in others (Thai, Devanagari, Burmese) they are vowels. */
const KEPT =
  /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tamil}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Thaana}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Ethiopic}\p{Script=Hebrew}]/u;
const cache = new Map<string, string>();

const isMark = (unit: string): boolean => MARKS.test(unit) && !KEPT.test(unit);

function foldUnit(unit: string): string {
  const other = OTHER[unit];
  if (other !== undefined) return other;
  const code = unit.charCodeAt(0);
  for (const zero of ZEROS) if (code >= zero && code < zero + 10) return String(code - zero);
  if (isMark(unit)) return "";
  // A letter of its own: "el año" is the year, "el ano" is not.
  if (unit === "ñ" || unit === "Ñ") return "ñ";
  if (/\s/.test(unit)) return " ";
  if (/[½⅓¼¾⅔⅛]/.test(unit)) return unit;
  let folded = "";
  for (const part of unit.normalize("NFKD").toLowerCase()) if (!isMark(part)) folded += OTHER[part] ?? part;
  return folded;
}

export interface Folded {
  text: string;
  /** For each UTF-16 unit of `text`, and once past its end, where it begins in the original. */
  at: number[];
}

/** Lower case, no accents, ASCII digits, plain quotes and hyphens; every unit knows where it came from. */
export function fold(original: string): Folded {
  let text = "";
  const at: number[] = [];
  for (let i = 0; i < original.length; i += 1) {
    const unit = original.charAt(i);
    let folded = cache.get(unit);
    if (folded === undefined) {
      folded = foldUnit(unit);
      cache.set(unit, folded);
    }
    for (let k = 0; k < folded.length; k += 1) at.push(i);
    text += folded;
  }
  at.push(original.length);
  return { text, at };
}

/** Folds a pattern or term of the data files the same way, so that both sides agree. */
export function foldText(text: string): string {
  return fold(text).text;
}
