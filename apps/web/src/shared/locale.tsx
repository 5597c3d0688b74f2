import { createLocale, fallbackChain, type Locale } from "@yizhan/locale";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { kept } from "./storage.ts";

/** A language as the page holds it: its texts, and what the reader should know about them. */
export interface PageLocale {
  readonly locale: Locale;
  readonly name: string;
  readonly draft: boolean;
}

export interface Language {
  readonly tag: string;
  readonly page: PageLocale;
  readonly languages: Readonly<Record<string, PageLanguage>>;
  /** Changes the language of the whole page. Rejects, and changes nothing, when it cannot be fetched. */
  choose(tag: string): Promise<void>;
  /** Fetches another language's texts to stand beside. */
  load(tag: string): Promise<PageLocale>;
}

export const LanguageContext = createContext<Language | undefined>(undefined);

export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (language === undefined) throw new Error("a page renders inside its language");
  return language;
}

/** The texts, with the union of keys that the caller may ask for. */
export function useLocale<K extends string>(): Locale<K> {
  return useLanguage().page.locale as Locale<K>;
}

export async function loadLanguage(languages: Readonly<Record<string, PageLanguage>>, tag: string): Promise<PageLocale> {
  const language = languages[tag];
  if (language === undefined) throw new RangeError(`no texts for ${tag}`);
  const { catalogues, review } = await language.load();
  const namespaces = [...new Set(Object.values(catalogues).flatMap((one) => Object.keys(one)))];
  const locale = await createLocale({
    tag,
    namespaces,
    mode: import.meta.env.DEV ? "development" : "production",
    load: (of, namespace) => catalogues[of]?.[namespace],
    review,
  });
  return { locale, name: language.name, draft: language.draft };
}

/** What the reader asked for: in the address (a poster's QR code), here before, or in the browser's settings. */
export function wantedLanguage(languages: Readonly<Record<string, PageLanguage>>): { tag: string; chosen: boolean } {
  const asked = new URLSearchParams(location.search).get("lang") ?? undefined;
  for (const tag of [asked, kept.get("language")]) {
    const found = tag === undefined ? undefined : available(languages, tag);
    if (found !== undefined) return { tag: found, chosen: true };
  }
  for (const tag of navigator.languages) {
    const found = available(languages, tag);
    if (found !== undefined) return { tag: found, chosen: false };
  }
  return { tag: languages.en === undefined ? (Object.keys(languages)[0] ?? "en") : "en", chosen: false };
}

/** The tag, or what is nearest to it among `languages`; undefined where none is. */
export function available(languages: Readonly<Record<string, PageLanguage>>, tag: string): string | undefined {
  if (Object.hasOwn(languages, tag)) return tag;
  if (!/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag)) return undefined;
  // The chain ends in English for everybody: that is not an answer to what was asked.
  return fallbackChain(tag).find((step) => Object.hasOwn(languages, step) && (step !== "en" || tag.startsWith("en")));
}
