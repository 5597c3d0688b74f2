import { mask, unmask, type Masked } from "./mask.ts";
import type { NumberToken } from "./numbers.ts";
import type { Rules } from "./rules.ts";
import type { PinKind } from "./types.ts";

/** A number with what it counts. Offsets are into folded text. */
export interface Quantity {
  kind: PinKind;
  start: number;
  end: number;
  value: string;
  weak: boolean;
}

const TIME_UNITS = new Set(["s", "min", "h", "d", "wk", "mo", "y"]);
const PLAIN_UNITS = new Set([
  "",
  "times",
  "%",
  "°C",
  "°F",
  "°",
  "cm",
  "mm",
  "m",
  "km",
  "kg",
  "jin",
  "lb",
  "mmHg",
  "bpm",
  "mmol/l",
  "dl",
]);

/** At most three decimals, no trailing noughts: 0.1 + 0.2 is `0.3`. */
export function formatNumber(value: number): string {
  return String(Number(value.toFixed(3)));
}

function kindOf(unit: string): PinKind {
  if (TIME_UNITS.has(unit)) return "duration";
  return PLAIN_UNITS.has(unit) ? "number" : "dose";
}

/** `3/1d` → `3/d`, `1/8h` and `1/2d` → `q8h`, `q2d`; `q3+1d` → `q4d`. */
function tidy(value: string): string {
  const sum = /^q(\d+)\+1d$/.exec(value);
  if (sum) return `q${Number(sum[1]) + 1}d`;
  const ratio = /^1\/([\d.]+)(h|d|wk|mo|y)$/.exec(value);
  if (ratio && ratio[1] !== "1") return `q${ratio[1]}${ratio[2]}`;
  return value.replace(/\/1(?=[a-z])/, "/");
}

/** `T8`, `T8:30p`, `T8.5?` → `T08:00`, `T20:30`, `T08:30?`, where `?` leaves morning or evening open. */
function clock(value: string): string {
  const match = /^T(\d+)(\.\d+)?(?::(\d+))?(p|\?)?$/.exec(value);
  if (!match) return value;
  let hour = Number(match[1]);
  if (match[4] === "p" && hour < 12) hour += 12;
  const open = match[4] === "?" && hour <= 12 ? "?" : "";
  const minutes = match[3] ?? String(Math.round(Number(match[2] ?? 0) * 60)).padStart(2, "0");
  return `T${String(hour).padStart(2, "0")}:${minutes}${open}`;
}

function date(value: string): string {
  return value.replace(/^(date|month):(\d+)(?:-(\d+))?$/, (_, name: string, month: string, day?: string) =>
    day === undefined ? `${name}:${month.padStart(2, "0")}` : `${name}:${month.padStart(2, "0")}-${day.padStart(2, "0")}`,
  );
}

function finish(template: string, numbers: (NumberToken | undefined)[]): string {
  const given = numbers.filter((n) => n !== undefined);
  const filled = template.replaceAll(/\$(\d)/g, (_, index: string) => formatNumber(given[Number(index) - 1]?.value ?? 0));
  return date(clock(tidy(filled)));
}

const CLOCK = /(?<![\d.:])([01]?\d|2[0-4])(?::|h)([0-5]\d)(?!\d)(?: ?(am|pm|a\.m\.|p\.m\.))?/g;

class Claims {
  private readonly spans: [number, number][] = [];
  take(start: number, end: number): boolean {
    if (this.spans.some(([a, b]) => a < end && b > start)) return false;
    this.spans.push([start, end]);
    return true;
  }
}

function ruleMatches(masked: Masked, rules: Rules, claims: Claims, found: Quantity[]): void {
  for (const { kind, pattern, value } of rules.rules) {
    for (const match of masked.text.matchAll(pattern)) {
      if (match[0] === "" || !claims.take(match.index, match.index + match[0].length)) continue;
      const numbers = match.slice(1).map((unit: string | undefined) => unmask(masked, unit));
      const start = masked.at[match.index] ?? 0;
      const end = masked.at[match.index + match[0].length] ?? start;
      found.push({ kind, start, end, value: finish(value, numbers), weak: false });
    }
  }
}

function amount(low: NumberToken, high: NumberToken | undefined): string {
  const first = low.pair === undefined ? formatNumber(low.value) : `${formatNumber(low.value)}/${formatNumber(low.pair)}`;
  return high === undefined ? first : `${first}-${formatNumber(high.value)}`;
}

const HALF_AFTER = /^(?: (?:et|y|e|and a|and|с))? ?([\ue000-\uf0ff])(?![\p{L}])/u;

/** “One hour and a half”, “une heure et demie”, ساعة ونصف: the half that follows the unit, or nothing. */
function halfAfter(masked: Masked, place: number): { value: number; end: number } | undefined {
  const match = HALF_AFTER.exec(masked.text.slice(place));
  const token = unmask(masked, match?.[1]);
  return match && token?.value === 0.5 ? { value: 0.5, end: place + match[0].length } : undefined;
}

function unitMatches(masked: Masked, rules: Rules, claims: Claims, found: Quantity[]): void {
  const { unitPattern, articlePattern, unitNames } = rules;
  const add = (match: RegExpExecArray, value: string, unit: string, weak: boolean): void => {
    const start = masked.at[match.index] ?? 0;
    let place = match.index + match[0].length;
    let said = value;
    let lone = weak;
    const half = /^\d+$/.test(value) ? halfAfter(masked, place) : undefined;
    if (half && claims.take(place, half.end)) {
      said = formatNumber(Number(value) + half.value);
      place = half.end;
      lone = false;
    }
    found.push({
      kind: kindOf(unit),
      start,
      end: masked.at[place] ?? start,
      value: unit === "" ? said : `${said} ${unit}`,
      weak: lone,
    });
  };
  for (const match of masked.text.matchAll(unitPattern)) {
    const low = unmask(masked, match[1]);
    if (!low || !claims.take(match.index, match.index + match[0].length)) continue;
    const index = match.slice(3, 3 + unitNames.length).findIndex((group: string | undefined) => group !== undefined);
    const unit = unitNames[index] ?? "";
    const per = match[3 + unitNames.length];
    const weak = low.weak && low.value === 1 && (unit === "" || unit === "times" || unit === "y");
    add(match, amount(low, unmask(masked, match[2])), per === undefined ? unit : `${unit}/${per === "day" ? "d" : per}`, weak);
  }
  if (articlePattern)
    for (const match of masked.text.matchAll(articlePattern)) {
      if (!claims.take(match.index, match.index + match[0].length)) continue;
      const index = match.slice(1, 1 + unitNames.length).findIndex((group: string | undefined) => group !== undefined);
      add(match, "1", unitNames[index] ?? "", true);
    }
  for (const { unit, pattern } of rules.dualPattern)
    for (const match of masked.text.matchAll(pattern))
      if (claims.take(match.index, match.index + match[0].length)) add(match, "2", unit, false);
  for (const { unit, pattern } of rules.halfPattern)
    for (const match of masked.text.matchAll(pattern))
      if (claims.take(match.index, match.index + match[0].length)) add(match, "0.5", unit, false);
  for (const { unit, pattern } of rules.barePattern)
    for (const match of masked.text.matchAll(pattern))
      if (claims.take(match.index, match.index + match[0].length)) add(match, "1", unit, true);
}

function clockMatches(folded: string, found: Quantity[]): void {
  for (const match of folded.matchAll(CLOCK)) {
    let hour = Number(match[1]);
    if (match[3]?.startsWith("p") && hour < 12) hour += 12;
    const open = match[3] === undefined && hour <= 12 && hour > 0 ? "?" : "";
    const value = `T${String(hour).padStart(2, "0")}:${match[2]}${open}`;
    found.push({ kind: "time", start: match.index, end: match.index + match[0].length, value, weak: false });
  }
}

/** Every number, dose, frequency, duration and time of a folded line, in order. */
export function findQuantities(folded: string, numbers: NumberToken[], rules: Rules): Quantity[] {
  const found: Quantity[] = [];
  const masked = mask(folded, numbers);
  const claims = new Claims();
  clockMatches(folded, found);
  for (const pattern of rules.greetings)
    for (const match of masked.text.matchAll(pattern)) claims.take(match.index, match.index + match[0].length);
  ruleMatches(masked, rules, claims, found);
  unitMatches(masked, rules, claims, found);
  for (const [index, token] of numbers.entries()) {
    const place = masked.text.indexOf(String.fromCharCode(0xe000 + index));
    if (place < 0 || !claims.take(place, place + 1)) continue;
    if (rules.articles.has(folded.slice(token.start, token.end))) continue;
    const value = amount(token, undefined);
    const unit = token.percent ? " %" : token.degree ? " °C" : "";
    found.push({ kind: "number", start: token.start, end: token.end, value: value + unit, weak: token.weak });
  }
  return found.toSorted((a, b) => a.start - b.start);
}
