export interface Formats {
  /** The tag with the reader's country: decides digits, calendar and separators. */
  readonly formatTag: string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** In the calendar people of this language and country use. */
  date(value: Date | number, options?: Intl.DateTimeFormatOptions): string;
  /** “3 minutes ago”, from two times in epoch milliseconds. */
  ago(then: number, now: number): string;
  list(items: readonly string[], type?: "conjunction" | "disjunction"): string;
  languageName(tag: string): string;
  countryName(code: string): string;
}

/** Formatters are costly to make and cheap to use: each is made once per set of options. */
export function createFormats(tag: string, region?: string): Formats {
  const base = new Intl.Locale(tag);
  const formatTag = region === undefined || base.region !== undefined ? tag : new Intl.Locale(tag, { region }).toString();
  const number = kept((options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(formatTag, options));
  const date = kept((options?: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(formatTag, options));
  const list = kept((type?: "conjunction" | "disjunction") => new Intl.ListFormat(tag, { type: type ?? "conjunction" }));
  const relative = kept(() => new Intl.RelativeTimeFormat(formatTag, { numeric: "auto" }));
  const names = kept((type?: "language" | "region") => new Intl.DisplayNames([tag], { type: type ?? "language" }));
  return {
    formatTag,
    number: (value, options) => number(options).format(value),
    date: (value, options) => date(options ?? { dateStyle: "medium", timeStyle: "short" }).format(value),
    list: (items, type) => list(type).format(items),
    languageName: (other) => names("language").of(other) ?? other,
    countryName: (code) => (/^[A-Z]{2}$/.test(code) ? (names("region").of(code) ?? code) : code),
    ago(then, now) {
      const seconds = Math.round((then - now) / 1000);
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (["second", 1] as const);
      return relative().format(Math.trunc(seconds / size), unit);
    },
  };
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function kept<O, F>(make: (options?: O) => F): (options?: O) => F {
  const made = new Map<string, F>();
  return (options) => {
    const key = JSON.stringify(options) ?? "";
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = make(options)));
    return found;
  };
}
