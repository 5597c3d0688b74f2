import type { Finding } from "./fault.ts";

/** How languages write a unit beside a number, beyond its Latin sign. The script rule sees that each keeps to its own. */
const spellings: Readonly<Record<string, string>> = {
  mg: "mg / мг / 毫克 / ملغ / ملغم / مغ / مجم / میلی‌گرم / ملی‌گرم / מ״ג / mq / मिग्रा / मि.ग्रा. / মিগ্রা / மிகி / มก. / มก / ມກ / მგ / մգ / ሚ.ግ / ሚግ / མི་གྲམ",
  mcg: "mcg / µg / μg / ug / мкг / 微克 / مكغ / ميكروغرام / מק״ג / მკგ / մկգ / mkq / ไมโครกรัม",
  g: "g / gr / г / гр / 克 / غ / غم / جم / گرم / ג׳ / q / ग्रा / ก. / გ / գ / ግ",
  kg: "kg / кг / 公斤 / 千克 / كغ / كغم / كجم / کیلو / کیلوگرام / ק״ג / kq / किग्रा / কেজি / கிகி / กก. / กก / ກກ / კგ / կգ / ኪ.ግ / ኪግ",
  ml: "ml / mL / мл / 毫升 / مل / میلی‌لیتر / מ״ל / मिली / मि.ली. / মিলি / மிலி / มล. / มล / ມລ / მლ / մլ / ሚ.ሊ / ሚሊ",
  l: "l / L / л / 升 / لتر / لیتر / ל׳ / ลิตร / ლ / լ",
  IU: "IU / UI / МЕ / IE / NE / j.m. / 国际单位 / وحدة دولية / יב״ל",
  "°C": "°C / ℃ / °С / °م / °س",
  "°F": "°F / ℉",
  mmHg: "mmHg / mm Hg / мм рт. ст. / 毫米汞柱 / ملم زئبق",
  cm: "cm / см / 厘米 / سم / ס״מ / ซม. / სმ / սմ",
  MB: "MB / Mo / МБ / Мб / 兆字节 / م.ب / ميغابايت",
  GiB: "GiB / Gio / ГиБ / 吉字节 / غيبيبايت",
};

/** English words for a unit: the translation may put the sign in their place, and need not. */
const words: Readonly<Record<string, RegExp>> = {
  kg: /kilos?|kilograms?/i,
  l: /lit(?:re|er)s?/i,
  "°C": /degrees/i,
  g: /grams?/i,
};

/** In these a word may follow a unit without a space. */
const unspaced = /[\p{scx=Hani}\p{scx=Thai}\p{scx=Laoo}\p{scx=Tibt}]$/u;

const escape = (text: string): string => text.replaceAll(".", "\\.");

/** After a digit or a placeholder, the longest spelling first. */
const known = Object.entries(spellings)
  .flatMap(([unit, ways]) => ways.split(" / ").map((way) => ({ unit, way })))
  .sort((one, other) => other.way.length - one.way.length);
const joined = (ways: readonly { way: string }[]) => ways.map(({ way }) => escape(way)).join("|");
const tight = known.filter(({ way }) => unspaced.test(way));
const loose = known.filter(({ way }) => !unspaced.test(way));
const pattern = new RegExp(
  `(?<=[\\p{Nd}\\}][ \\u00A0\\u202F]?)(?:${joined(tight)}|(?:${joined(loose)})(?![\\p{L}\\p{M}]))`,
  "gu",
);
const unitOf = new Map(known.map(({ unit, way }) => [way, unit]));

const numbered = /[\p{Nd}}]/u;

/** The units beside numbers, in one order: “mg ml”. A four-digit number with г is a year, not grams. */
function units(text: string): readonly string[] {
  const found = [...text.replace(/\p{Nd}{4}[ \u00A0]?г(?:\.|(?!\p{L}))/gu, "").matchAll(pattern)];
  return found.map((match) => unitOf.get(match[0]) ?? "").sort();
}

/** A dose keeps its unit: the same units stand beside the numbers of `target` as of `source`, in the language's own spelling. */
export function unitFindings(target: string, source: string): readonly Finding[] {
  if (!numbered.test(source) && !numbered.test(target)) return [];
  const wanted = units(source);
  const found = units(target);
  const missing = without(wanted, found);
  const added = without(found, wanted).filter((unit) => words[unit]?.test(source) !== true);
  if (missing.length === 0 && added.length === 0) return [];
  const say = (list: readonly string[]) => (list.length === 0 ? "none" : list.join(" "));
  return [{ severity: "error", rule: "unit", reason: `Its units are “${say(found)}”; in English “${say(wanted)}”.` }];
}

/** What of `all` is left when each of `taken` is struck out once. */
function without(all: readonly string[], taken: readonly string[]): readonly string[] {
  const rest = [...taken];
  return all.filter((unit) => {
    const at = rest.indexOf(unit);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
