import { findDrugs } from "@yizhan/terms";
import { EngineError } from "../../errors.ts";
import { oneByOne, spokenNumber } from "./numerals.ts";
import { letters, pauses, shorthand, signs, silent, unitAt } from "./units.ts";

/** What is said one after the other: Chinese, a word in Latin letters, letters one by one, or a mark that makes a pause. */
export interface Reading {
  readonly kind: "chinese" | "word" | "letters" | "pause";
  readonly text: string;
}

interface Found {
  readonly said: readonly Reading[];
  readonly end: number;
}
type Rule = readonly [pattern: RegExp, say: (match: RegExpExecArray, text: string) => Found | undefined];

const chinese = (text: string): Reading => ({ kind: "chinese", text });
const taking = (match: RegExpExecArray, said: string | readonly Reading[]): Found => ({
  said: typeof said === "string" ? [chinese(said)] : said,
  end: match.index + match[0].length,
});

const number = /(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?/.source;
/** What 2 is 两 before, and not 二. */
const counted =
  /^ ?(?:次|片|粒|颗|个|滴|喷|揿|吸|勺|匙|茶匙|汤匙|小勺|大勺|支|瓶|盒|包|袋|贴|针|枚|杯|根|小时|钟头|分钟|天|周(?!岁)|星期|礼拜|年(?!级)|岁|倍|种|位|遍|回|顿|餐|口|秒|公斤|斤|点)/;

/** Tried in this order wherever the last one ended. What none of them takes cannot be read. */
const rules: readonly Rule[] = [
  // 2026-11-24, 2026/11/24
  [
    /((?:19|20)\d\d)([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)/y,
    (match) => taking(match, `${oneByOne(match[1] ?? "")}年${spokenNumber(match[3] ?? "")}月${spokenNumber(match[4] ?? "")}日`),
  ],
  // 24/11/2026 and 5-3-2026: which is the month?
  [/(?<![\d-])(?!0\d{2,3}-|1[3-9]\d-)\d+ ?([-/]) ?\d+ ?\1 ?\d+/y, (match) => refuse(match[0])],
  [/(\d{4})(?= ?年(?!级))/y, (match) => taking(match, oneByOne(match[1] ?? ""))],
  // 08:30
  [
    /(?<![\d.]|比例?|稀释|滴度)([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:：])/y,
    (match) => taking(match, clock(match[1] ?? "", match[2] ?? "")),
  ],
  // Telephones.
  [
    /(?<=(?:拨打|呼叫|电话|致电)[：: ]?)\d{3,5}(?!\d)|(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d.])/y,
    (match) => taking(match, oneByOne(match[0].replaceAll(/\D/g, ""))),
  ],
  [new RegExp(`(${number}) ?/ ?(${number})(?! ?/ ?\\d)`, "y"), ratio],
  [new RegExp(`(${number})(?: ?[-–~～至到] ?(${number}))? ?([%％‰])(?: ?[-–~～] ?(${number}) ?[%％])?`, "y"), share],
  [/(?<=\d) ?[:：] ?(?=\d)/y, (match) => taking(match, "比")],
  [/[(（][+＋][)）]/y, (match) => taking(match, "阳性")],
  [/[(（][-−－][)）]/y, (match) => taking(match, "阴性")],
  [/(?<=[A-Za-z][A-Za-z]?-?)\d{1,3}(?![\d.])/y, (match) => taking(match, spokenNumber(match[0]))],
  [/(?:×|x|\*) ?10(?:\^?(\d)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))(?:\/[Ll](?![A-Za-z]))?/y, power],
  [/(?<!\d)(?:0\d+|\d{10,})(?![\d.])/y, (match) => taking(match, oneByOne(match[0]))],
  [/\d+(?:\.\d+){2,}/y, (match) => refuse(match[0])],
  // 37,5 is a decimal to some and two numbers to others.
  [
    /\d+,\d/y,
    (match, text) => (new RegExp(number, "y").exec(text.slice(match.index))?.[0].includes(",") ? undefined : refuse(match[0])),
  ],
  [new RegExp(`([-−]?)(${number})`, "y"), amount],
  [/(?<=[一二两三四五六七八九十百])[-–~～](?=[一二两三四五六七八九十])/y, (match) => taking(match, "到")],
  [/(?<=[\p{L}\d])[-‐](?=[\p{L}])|(?<=[A-Za-z])[-‐](?=\d)/uy, (match) => taking(match, [])],
  [
    /(?<=[次滴片粒支包克升\p{L}]) ?\/ ?(分钟?|小时|日|天|晚|周|次|片|粒|支|瓶|袋|包|公斤|千克|升)/uy,
    (match) => taking(match, `每${match[1]}`),
  ],
  [/(?<=\d ?)[½⅓¼¾⅔⅛]/y, (match) => taking(match, `又${letters[match[0]] ?? ""}`)],
  [/(?<=\p{Script=Han}) +(?=\p{Script=Han})| +[-–] +/uy, (match) => taking(match, [{ kind: "pause", text: "," }])],
  [/(?<=^|\n)[-–*] +/y, (match) => taking(match, [])],
  [
    /(?<![A-Za-z])(IV|V?I{1,3}|V|IX|X)(?= ?[型期级度类代])/y,
    (match) =>
      taking(match, spokenNumber(String(["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"].indexOf(match[0])))),
  ],
  [/[Qq](\d{1,2})[Hh](?![A-Za-z\d])/y, (match) => taking(match, `每${spoken(match[1] ?? "", "小时")}小时一次`)],
  [/[A-Za-zÀ-ÿ]+(?:['’][A-Za-z]+)?/y, latin],
  [/[\p{Script=Han}〇]+/uy, (match) => taking(match, match[0])],
];

/**
 * A line as a voice says it, with figures, units, dates, shorthand and medicines' Latin names in words:
 * `每日2次，每次500mg` → 每日两次，每次五百毫克. Throws `EngineError` `unreadable` where anything of the line has
 * no reading: a dose that is left out of what is said is worse than a line that is not said.
 */
export function readingOf(line: string): readonly Reading[] {
  const text = plain(line);
  const medicines = medicinesIn(text);
  const said: Reading[] = [];
  for (let at = 0; at < text.length;) {
    const medicine = medicines.find(({ start }) => start === at);
    const found =
      medicine === undefined ? (byRule(text, at) ?? bySign(text, at)) : { said: [chinese(medicine.name)], end: medicine.end };
    said.push(...found.said);
    at = found.end;
  }
  return said;
}

function byRule(text: string, at: number): Found | undefined {
  for (const [pattern, say] of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const found = match === null || match[0] === "" ? undefined : say(match, text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bySign(text: string, at: number): Found {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const end = at + sign.length;
  if (silent.test(sign)) return { said: [], end };
  const word = letters[sign] ?? signs[sign];
  if (word !== undefined) return { said: [chinese(word)], end };
  const pause = pauses[sign];
  if (pause !== undefined) return { said: [{ kind: "pause", text: pause }], end };
  return refuse(sign);
}

/** One sign without a reading may be named to the operator; a number, a word and the line around them may not. */
export function unreadable(sign: string): EngineError {
  const [only = "", ...others] = Array.from(sign);
  const code = `U+${(only.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return new EngineError("unreadable", `no certain reading in Chinese for ${others.length === 0 ? code : "a number or word"}`);
}

function refuse(sign: string): never {
  throw unreadable(sign);
}

/** One form for each sign: wide figures and letters, squared units (㎎, ℃), Roman numerals. Not ½, which NFKC would join to a number before it. */
function plain(line: string): string {
  return line
    .trim()
    .replaceAll(/[０-９Ａ-Ｚａ-ｚ％．／～㎀-㏿℃℉Ⅰ-Ⅻ]/gu, (one) => one.normalize("NFKC"))
    .replaceAll(/[μµ]/g, "µ")
    .replaceAll("º", "°")
    .replaceAll(/° (?=[CF](?![A-Za-z]))/g, "°");
}

function clock(hours: string, minutes: string): string {
  const hour = Number(hours) === 2 ? "两" : spokenNumber(hours);
  const minute = Number(minutes);
  return `${hour}点${minute === 0 ? "" : `${minute < 10 ? "零" : ""}${spokenNumber(minutes)}分`}`;
}

/** 160/95 → 一百六十比九十五, 1/2 → 二分之一. 11/24 may be a date or a share. */
function ratio(match: RegExpExecArray, text: string): Found {
  const [whole, above = "", below = ""] = match;
  const [a, b] = [Number(above), Number(below)];
  if (a < b && a <= 12 && ((b > 10 && b <= 31) || b >= 1_900)) refuse(whole);
  const end = match.index + whole.length;
  const unit = unitAt(text, end);
  const said = a < b ? `${spokenNumber(below)}分之${spokenNumber(above)}` : `${spokenNumber(above)}比${spokenNumber(below)}`;
  return { said: [chinese(said + (unit?.spoken ?? ""))], end: end + (unit?.length ?? 0) };
}

function share(match: RegExpExecArray): Found {
  const [, first = "", second, sign, third] = match;
  const of = sign === "‰" ? "千分之" : "百分之";
  const last = second ?? third;
  return taking(
    match,
    `${of}${spokenNumber(first)}${last === undefined ? "" : `到${of}${spokenNumber(last)}`}`.replaceAll(",", ""),
  );
}

function power(match: RegExpExecArray): Found {
  const digits = match[1] ?? Array.from(match[2] ?? "", (one) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(one)).join("");
  return taking(match, `乘十的${spokenNumber(digits)}次方${/\/[Ll]$/.test(match[0]) ? "每升" : ""}`);
}

function spoken(figures: string, behind: string): string {
  return figures === "2" && counted.test(behind) ? "两" : spokenNumber(figures.replaceAll(",", ""));
}

/** Behind a word a hyphen may be a minus or only a dash: 剂量-5mg. */
function signed(before: string): boolean {
  return !/[\p{L}\d]$/u.test(before) || /(?:温|温度|为|是|到|达|至)$/.test(before);
}

/** A number, its unit where one stands, and whether it is the beginning of a range. */
function amount(match: RegExpExecArray, text: string): Found | undefined {
  const [whole, minus = "", figures = ""] = match;
  if (minus !== "" && !signed(text.slice(0, match.index))) {
    if (/[A-Za-z]$/.test(text.slice(0, match.index))) return undefined;
    return refuse(whole);
  }
  let end = match.index + whole.length;
  const unit = unitAt(text, end);
  end += unit?.length ?? 0;
  const range = /^ ?[-–—~～] ?(?=\d)/.exec(text.slice(end))?.[0] ?? "";
  const behind = range === "" ? text.slice(end) : text.slice(end + range.length).replace(/^[\d.]+/, "");
  const times = /^ ?[x*×] ?(?=\d+(?!\d*\^|\d*[⁰-⁹¹²³]))/.exec(text.slice(end))?.[0] ?? "";
  const ordinal = text.slice(0, match.index).endsWith("第");
  const words = [
    minus === "" ? "" : "负",
    spoken(figures, ordinal ? "" : (unit?.spoken ?? behind)),
    unit?.spoken ?? "",
    range === "" ? "" : "到",
    times === "" ? "" : "乘",
  ];
  // 时 before 6.1 is heard as 16.1.
  const apart: Reading[] = /[时是事试视使室]$/.test(text.slice(0, match.index)) ? [{ kind: "pause", text: "," }] : [];
  return { said: [...apart, chinese(words.join(""))], end: end + range.length + times.length };
}

function latin(match: RegExpExecArray): Found {
  const [word] = match;
  const short = shorthand.get(word.toLowerCase());
  if (short !== undefined && (word === word.toLowerCase() || word === word.toUpperCase())) return taking(match, short);
  const spelled =
    word.length === 1 ||
    (word === word.toUpperCase() && word.length <= 6) ||
    !/[aeiouyà-ÿ]/i.test(word) ||
    /^[a-z]?[A-Z]+[a-z]?[A-Z]/.test(word);
  return taking(match, [{ kind: spelled ? "letters" : "word", text: word }]);
}

/** Medicines by their international names, which the lexicon names in Chinese. A maker's name is read as it is written. */
function medicinesIn(text: string): { start: number; end: number; name: string }[] {
  return findDrugs(text, "en").flatMap(({ start, end, text: said, drugs }) => {
    const [drug, ...others] = drugs;
    const name = drug?.names.zh[0];
    const generic =
      said.toLowerCase() === drug?.inn || (!/[^a-z]/.test(drug?.inn ?? "") && drug?.names.en.includes(said.toLowerCase()));
    const apart = !/[A-Za-z]-?$/.test(text.slice(0, start)) && !/^-?[A-Za-z]/.test(text.slice(end));
    return name === undefined || others.length > 0 || !generic || !apart ? [] : [{ start, end, name }];
  });
}
