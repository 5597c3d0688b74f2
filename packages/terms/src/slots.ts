import { foldText } from "./fold.ts";
import { formatNumber } from "./quantities.ts";
import { readLineNumbers } from "./line.ts";
import { rulesFor } from "./rules.ts";

export interface SlotValue {
  name: string;
  /** As said in the source, folded. */
  said: string;
  /** For {drug}. */
  inn?: string;
}

const NUMBER_SLOTS = new Set(["n", "days", "hours", "weeks", "months", "years", "times", "tablets", "drops", "puffs", "minutes"]);
const UNITS = "mg|mcg|ug|g|kg|ml|l|iu|ui|ед|мг|мкг|мл|г|毫克|微克|毫升|克|单位|ملغ|مغ|مل|غ|ملغم|мкг|ملليغرام";
/** How a metric unit is written beside a number in languages that do not keep its Latin sign. */
const CYRILLIC = { mg: "мг", mcg: "мкг", g: "г", ml: "мл", kg: "кг", l: "л" };
const WRITTEN: Record<string, Record<string, string>> = {
  zh: { mg: "毫克", mcg: "微克", g: "克", ml: "毫升", kg: "公斤", l: "升", iu: "国际单位" },
  ru: { mg: "мг", mcg: "мкг", g: "г", ml: "мл", kg: "кг", l: "л", iu: "МЕ" },
  ar: { mg: "ملغ", mcg: "مكغ", g: "غ", ml: "مل", kg: "كغ", l: "لتر", iu: "وحدة دولية" },
  uk: { ...CYRILLIC, iu: "МО" },
  be: CYRILLIC,
  bg: CYRILLIC,
  mk: CYRILLIC,
  sr: CYRILLIC,
  "sr-Latn": {},
  kk: CYRILLIC,
  ky: CYRILLIC,
  mn: CYRILLIC,
  fa: { mg: "میلی‌گرم", mcg: "میکروگرم", g: "گرم", ml: "میلی‌لیتر", kg: "کیلوگرم", l: "لیتر" },
  he: { mg: "מ״ג", mcg: "מק״ג", g: "גרם", ml: "מ״ל", kg: "ק״ג", l: "ליטר" },
};
const SIGN: Record<string, string> = {
  мг: "mg",
  мкг: "mcg",
  мл: "ml",
  г: "g",
  毫克: "mg",
  微克: "mcg",
  毫升: "ml",
  克: "g",
  ملغ: "mg",
  مغ: "mg",
  ملغم: "mg",
  مل: "ml",
  غ: "g",
  ug: "mcg",
  ui: "iu",
};

/** Regular expression of one slot over folded text, or undefined for a name that is no slot. */
export function slotPattern(name: string): string | undefined {
  if (NUMBER_SLOTS.has(name)) return "(\\d+(?:[.,]\\d+)?|[\\p{L}-]{1,24}(?: \\p{L}{1,12}){0,2}?)";
  if (name === "dose") return `((?<!\\d)\\d+(?:[.,]\\d+)? ?(?:${foldText(UNITS)}))`;
  if (name === "time") return "(\\d{1,2}(?:[:h]\\d{2})?)";
  if (name === "drug") return "([\\p{L}\\p{N} -]{2,40}?)";
  return name === "name" ? "([\\p{L}\\p{M} -]{1,60})" : undefined;
}

/** A number in the target's own decimal sign; undefined where the words said are not a number. */
function renderNumber(said: string, to: string, from?: string): string | undefined {
  const value = /^\d/.test(said) ? Number(said.replace(",", ".")) : from === undefined ? undefined : readLineNumbers(said, from);
  if (value === undefined || Number.isNaN(value)) return undefined;
  return formatNumber(value).replace(".", rulesFor(to).decimal);
}

/** A slot's text in the target language; undefined where it was not what the slot is for. */
export function renderSlot(slot: SlotValue, to: string, from?: string): string | undefined {
  if (NUMBER_SLOTS.has(slot.name)) return renderNumber(slot.said, to, from);
  if (slot.name !== "dose") return slot.said;
  const match = /^(\d+(?:[.,]\d+)?) ?(.+)$/u.exec(slot.said);
  const sign = SIGN[match?.[2] ?? ""] ?? match?.[2] ?? "";
  const number = match && renderNumber(match[1] ?? "", to);
  if (number === undefined || number === null) return undefined;
  return `${number} ${(WRITTEN[to] ?? WRITTEN[to.split("-")[0] ?? to])?.[sign] ?? (sign === "iu" ? "IU" : sign)}`;
}
