import { type ComponentChild, render } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import { applyTextSize } from "./text-size.ts";
import { type Language, LanguageContext, loadLanguage, type PageLocale, wantedLanguage } from "./locale.tsx";
import { kept } from "./storage.ts";

/** Loads the reader's language, then draws the page. */
export async function startPage(
  languages: Readonly<Record<string, PageLanguage>>,
  draw: (languageChosen: boolean) => ComponentChild,
): Promise<void> {
  const root = document.getElementById("page");
  if (root === null) throw new Error("the page has no #page");
  applyTextSize();
  const wanted = wantedLanguage(languages);
  // A language that was asked for by address or by hand is kept; one that was guessed is not.
  if (wanted.chosen) kept.set("language", wanted.tag);
  const first = await loadLanguage(languages, wanted.tag);
  show(first);
  render(
    <Page languages={languages} first={first}>
      {draw(wanted.chosen)}
    </Page>,
    root,
  );
}

interface PageProps {
  readonly languages: Readonly<Record<string, PageLanguage>>;
  readonly first: PageLocale;
  readonly children: ComponentChild;
}

function Page({ languages, first, children }: PageProps) {
  const [page, setPage] = useState(first);
  const load = useCallback((tag: string) => loadLanguage(languages, tag), [languages]);
  const language = useMemo<Language>(
    () => ({
      tag: page.locale.tag,
      page,
      languages,
      load,
      async choose(tag) {
        const next = await load(tag);
        kept.set("language", tag);
        show(next);
        setPage(next);
      },
    }),
    [page, languages, load],
  );
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>;
}

function show({ locale }: PageLocale): void {
  document.documentElement.lang = locale.tag;
  document.documentElement.dir = locale.direction;
}
