import { autonym, direction, fallbackChain } from "@yizhan/locale";
import { compile, localeFiles, pseudoTags } from "@yizhan/locale/files";
import type { Catalogue, Review } from "@yizhan/locale";
import type { Plugin } from "vite";

const listPrefix = "virtual:languages/";
const textPrefix = "virtual:texts/";

/** What a page needs of each namespace. The care page's is its own; the staff's pages share sign-in. */
const namespaces: Readonly<Record<string, readonly string[]>> = {
  care: ["care", "errors"],
  desk: ["desk", "staff", "errors"],
  booth: ["booth", "staff", "errors"],
  fleet: ["fleet", "staff", "errors"],
};

export interface LocaleModulesOptions {
  /** `locales/` */
  readonly directory: string;
  readonly pseudo: boolean;
}

/**
 * Two kinds of module. `virtual:languages/<page>` lists the page's languages, each with a way to load
 * it; `virtual:texts/<page>/<tag>` holds one language's texts, complete: what it lacks stands
 * there under the language it falls back to, so a page fetches one file and no more.
 */
export function localeModules(options: LocaleModulesOptions): Plugin {
  const files = localeFiles(options.directory);
  return {
    name: "yizhan:locales",
    resolveId(id) {
      return id.startsWith(listPrefix) || id.startsWith(textPrefix) ? `\0${id}` : undefined;
    },
    load(id) {
      if (id.startsWith(`\0${listPrefix}`)) return list(id.slice(listPrefix.length + 1));
      if (!id.startsWith(`\0${textPrefix}`)) return undefined;
      const [page = "", tag = ""] = id.slice(textPrefix.length + 1).split("/");
      for (const namespace of namespaces[page] ?? []) this.addWatchFile(`${options.directory}/${tag}/${namespace}.json`);
      return texts(page, tag);
    },
  };

  function list(page: string): string {
    const tags = [...files.tags(page), ...(options.pseudo ? pseudoTags : [])];
    const entries = tags.map((tag) => {
      const about = { name: autonym(tag), direction: direction(tag), draft: isDraft(page, tag) };
      return `${JSON.stringify(tag)}:{...${JSON.stringify(about)},load:()=>import(${JSON.stringify(`${textPrefix}${page}/${tag}`)})}`;
    });
    return `export const languages={${entries.join(",")}};`;
  }

  function texts(page: string, tag: string): string {
    const catalogues: Record<string, Record<string, Catalogue>> = {};
    for (const namespace of namespaces[page] ?? []) {
      const done = new Set<string>();
      for (const language of fallbackChain(tag)) {
        const own = files.load(language, namespace) ?? {};
        const fresh = Object.entries(own).filter(([key]) => !done.has(key));
        if (fresh.length === 0) continue;
        for (const [key] of fresh) done.add(key);
        (catalogues[language] ??= {})[namespace] = compile(Object.fromEntries(fresh), `${language}/${namespace}`);
      }
    }
    const review: Review = pseudoTags.includes(tag) ? {} : files.review(tag);
    return `export const catalogues=${JSON.stringify(catalogues)};export const review=${JSON.stringify(review)};`;
  }

  /** English is the source that the others are drafted from and checked against. */
  function isDraft(page: string, tag: string): boolean {
    if (tag === "en" || pseudoTags.includes(tag)) return tag !== "en";
    const review = files.review(tag);
    return (namespaces[page] ?? []).some((namespace) => {
      const marks = review[namespace] ?? {};
      return marks["*"] === undefined && Object.keys(files.load(tag, namespace) ?? {}).some((key) => marks[key] === undefined);
    });
  }
}
