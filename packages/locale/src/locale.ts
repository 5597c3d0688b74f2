import { createInstance, type i18n } from "i18next";
import { type FallbackTable, fallbackChain, fallbackTable } from "./chain.ts";
import { type Direction, direction } from "./direction.ts";
import { LocaleError } from "./errors.ts";
import { type Fill, fillOf } from "./fill.ts";
import { type Formats, createFormats } from "./formats.ts";
import type { Catalogue, Message, Review, Values } from "./types.ts";

export interface CreateLocaleOptions {
  /** BCP 47 tag of the language wanted. */
  readonly tag: string;
  /** Searched in this order for a key without a namespace; `namespace:key` names one. */
  readonly namespaces: readonly string[];
  /** Gives one namespace of one language, or nothing where there is none. Each is asked for once. */
  readonly load: (tag: string, namespace: string) => Promise<Catalogue | undefined> | Catalogue | undefined;
  /** In development a key that the language lacks is an error; in production it falls back and is counted. */
  readonly mode: "development" | "production";
  readonly fallback?: FallbackTable;
  /** Country of the reader, for digits and calendar: `ar` in `EG` counts otherwise than in `DZ`. */
  readonly region?: string;
  readonly review?: Review;
}

/** A language, ready to be read. `K` is the union of known keys where the caller has one. */
export interface Locale<K extends string = string> extends Formats {
  readonly tag: string;
  readonly chain: readonly string[];
  readonly direction: Direction;
  /** The text of a key, with its placeholders filled. */
  t(key: K, values?: Values): string;
  has(key: string): boolean;
  /** The language in which `t` answers this key: for `lang` and `dir` beside a text that fell back. */
  languageOf(key: K): string;
  /** True where a named person has read the text of this key in this language. */
  reviewed(key: K): boolean;
  /** Fetches one more namespace. */
  add(namespace: string): Promise<void>;
  /** Keys that were asked for and absent from the language itself, with how often. */
  readonly missing: ReadonlyMap<string, number>;
}

interface Resolved {
  readonly tag: string;
  readonly namespace: string;
  /** It is in the language itself, not in one further down the chain. */
  readonly own: boolean;
  /** A string where there is nothing to fill in. */
  readonly text: string | Fill;
}

/** The one call for servers and pages. Loads what is named, falls back along the chain. */
export async function createLocale<K extends string = string>(options: CreateLocaleOptions): Promise<Locale<K>> {
  const chain = fallbackChain(options.tag, options.fallback ?? fallbackTable);
  const tag = chain[0] ?? options.tag;
  const i18next = createInstance();
  const namespaces = [...options.namespaces];
  await i18next
    .use(backend(options.load))
    .use(asStored)
    .init({
      lng: tag,
      supportedLngs: [...chain],
      load: "currentOnly",
      fallbackLng: chain.slice(1),
      ns: namespaces,
      defaultNS: namespaces[0] ?? false,
      fallbackNS: namespaces,
      keySeparator: false,
      interpolation: { skipOnVariables: true },
    });
  const formats = createFormats(tag, options.region);
  const resolved = new Map<string, Resolved | undefined>();
  const missing = new Map<string, number>();

  function find(key: string): Resolved | undefined {
    const known = resolved.get(key);
    if (known !== undefined || resolved.has(key)) return known;
    const found = resolve(i18next, key, tag, formats.formatTag);
    resolved.set(key, found);
    return found;
  }

  function expect(key: string): Resolved | undefined {
    const found = find(key);
    if (found?.own === true) return found;
    if (options.mode === "development") {
      throw new LocaleError(
        "missing-key",
        `“${key}” is not in ${tag}.`,
        `Add it to locales/${tag}/, in the file of its namespace.`,
      );
    }
    missing.set(key, (missing.get(key) ?? 0) + 1);
    return found;
  }

  return {
    ...formats,
    tag,
    chain,
    direction: direction(tag),
    missing,
    t(key, values) {
      const found = expect(key);
      if (found === undefined) return key;
      return typeof found.text === "string" ? found.text : found.text(values);
    },
    has: (key) => find(key) !== undefined,
    languageOf: (key) => find(key)?.tag ?? tag,
    reviewed(key) {
      const found = find(key);
      if (found === undefined || !found.own) return false;
      const names = options.review?.[found.namespace];
      return names?.["*"] !== undefined || names?.[key] !== undefined;
    },
    async add(namespace) {
      if (namespaces.includes(namespace)) return;
      namespaces.push(namespace);
      await i18next.loadNamespaces(namespace);
      i18next.options.fallbackNS = namespaces;
      resolved.clear();
    },
  };
}

/** i18next finds the message; its own interpolation stays out: FormatJS fills it in. */
const asStored = { type: "i18nFormat" as const, parse: (message: unknown) => message };

function backend(load: CreateLocaleOptions["load"]) {
  return {
    type: "backend" as const,
    read: async (language: string, namespace: string) => (await load(language, namespace)) ?? {},
  };
}

function resolve(i18next: i18n, key: string, tag: string, formatTag: string): Resolved | undefined {
  if (!i18next.exists(key)) return undefined;
  const details = i18next.t(key, { returnDetails: true });
  const message = details.res as unknown as Message;
  return {
    tag: details.usedLng,
    namespace: details.usedNS,
    own: sameLanguage(details.usedLng, tag),
    text: isPlain(message) ? message : fillOf(message, details.usedLng === tag ? formatTag : details.usedLng),
  };
}

/** Without a placeholder or an ICU quote, a message is its own result. */
function isPlain(message: Message): message is string {
  return typeof message === "string" && !/[{}'#]/.test(message);
}

function sameLanguage(a: string, b: string): boolean {
  return a === b || b.startsWith(`${a}-`);
}
