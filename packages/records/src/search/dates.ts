/** A moment of limited precision as FHIR writes it, as the interval it may mean: [start, end) in Unix ms. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

const pattern = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Reads a FHIR date, dateTime or instant; `undefined` for anything else. Without an offset UTC is meant. */
export function parseInterval(text: string): Interval | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const start = Date.parse(
    `${year}-${month ?? "01"}-${day ?? "01"}T${hour ?? "00"}:${minute ?? "00"}:${second ?? "00"}${fraction === undefined ? "" : `.${fraction.slice(0, 3)}`}${zone ?? "Z"}`,
  );
  if (Number.isNaN(start)) return undefined;
  if (month === undefined) return { start, end: Date.UTC(Number(year) + 1, 0) };
  if (day === undefined) return { start, end: Date.UTC(Number(year), Number(month)) };
  if (hour === undefined) return { start, end: start + 86_400_000 };
  if (second === undefined) return { start, end: start + 60_000 };
  return { start, end: start + (fraction === undefined ? 1_000 : 1) };
}

export const datePrefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"] as const;
export type DatePrefix = (typeof datePrefixes)[number];

export interface DateQuery {
  readonly prefix: DatePrefix;
  readonly interval: Interval;
}

/** `ge2026-11`, `2026-11-22` … Source: FHIR R4, 3.1.1.4.5 and 3.1.1.4.6. */
export function parseDateQuery(text: string): DateQuery | undefined {
  const prefix = datePrefixes.find((candidate) => text.startsWith(candidate));
  const interval = parseInterval(prefix === undefined ? text : text.slice(2));
  return interval === undefined ? undefined : { prefix: prefix ?? "eq", interval };
}

export function dateMatches(value: Interval, query: DateQuery): boolean {
  const { prefix, interval } = query;
  switch (prefix) {
    case "eq":
      return value.start >= interval.start && value.end <= interval.end;
    case "ne":
      return value.start < interval.start || value.end > interval.end;
    case "gt":
      return value.end > interval.end;
    case "lt":
      return value.start < interval.start;
    case "ge":
      return value.end > interval.end || (value.start >= interval.start && value.start < interval.end);
    case "le":
      return value.start < interval.start || (value.start >= interval.start && value.end <= interval.end);
    case "sa":
      return value.start >= interval.end;
    case "eb":
      return value.end <= interval.start;
    case "ap":
      return value.start < interval.end && value.end > interval.start;
  }
}

/** How many months an open period is indexed under; a longer one also stands under `open`. */
const mostMonths = 24;
const month = (time: number) => new Date(time).toISOString().slice(0, 7);

function monthsOf(interval: Interval): string[] {
  const found: string[] = [];
  const at = new Date(interval.start);
  for (let time = Date.UTC(at.getUTCFullYear(), at.getUTCMonth()); time < interval.end;) {
    found.push(month(time));
    if (found.length > mostMonths) break;
    const next = new Date(time);
    time = Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1);
  }
  return found;
}

/** The index terms of a value: its months (`m:2026-11`) and years (`y:2026`), or `long` for what spans more. */
export function dateTerms(interval: Interval): string[] {
  const months = monthsOf(interval);
  if (months.length > mostMonths) return ["long"];
  const years = new Set(months.map((name) => `y:${name.slice(0, 4)}`));
  return [...months.map((name) => `m:${name}`), ...years];
}

/** Years a search may span; people born in the 1890s are the oldest that a query reaches. */
const firstYear = 1890;

/** Terms of which a value has at least one if it can match; `undefined` when the query excludes too little. */
export function dateQueryTerms(query: DateQuery): string[] | undefined {
  const { prefix, interval } = query;
  if (prefix === "ne") return undefined;
  if (prefix === "eq" || prefix === "ap") {
    const months = monthsOf(interval);
    if (months.length <= 12) return [...months.map((name) => `m:${name}`), "long"];
  }
  const now = new Date().getUTCFullYear();
  const first = new Date(interval.start).getUTCFullYear();
  const last = new Date(interval.end - 1).getUTCFullYear();
  const from = prefix === "lt" || prefix === "le" || prefix === "eb" ? firstYear : first;
  const until = prefix === "gt" || prefix === "ge" || prefix === "sa" ? Math.max(now + 10, last) : last;
  if (until - from > 200) return undefined;
  const terms = ["long"];
  for (let year = from; year <= until; year += 1) terms.push(`y:${year}`);
  return terms;
}
