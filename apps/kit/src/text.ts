import { join } from "node:path";
import { createLocale } from "@yizhan/locale";
import { localeFiles } from "@yizhan/locale/files";
import { root } from "./environment.ts";

/** A sentence of the locales' `kit` namespace, filled in. */
export type Text = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The command in the operator's language, falling back to English where a sentence is not translated yet. */
export async function openText(language: string): Promise<Text> {
  const files = localeFiles(join(root, "locales"));
  const locale = await createLocale({
    tag: known(language),
    namespaces: ["kit"],
    load: (tag, namespace) => files.load(tag, namespace),
    mode: "production",
  });
  return (key, values) => locale.t(key, values);
}

/** The terminal's language may be anything; only a well-formed tag is asked for. */
function known(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? "en";
  } catch (error) {
    if (error instanceof RangeError) return "en";
    throw error;
  }
}
