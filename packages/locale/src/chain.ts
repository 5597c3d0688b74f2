import { LocaleError } from "./errors.ts";

/** Which language a reader of another most likely also reads. One step each; chains follow from it. */
export type FallbackTable = Readonly<Record<string, string>>;

/** Where a language of wider communication is closer to a reader than English. */
export const fallbackTable: FallbackTable = {
  be: "ru",
  hy: "ru",
  kk: "ru",
  ky: "ru",
  tg: "ru",
  tk: "ru",
  "uz-Cyrl": "ru",
  uz: "ru",
  ps: "fa",
  ckb: "ar",
  mg: "fr",
  ln: "fr",
  wo: "fr",
};

const last = "en";

/**
 * The languages to look in for a text, best first: the tag, its shorter forms (`pt-MZ` → `pt`),
 * then what the table names, then English. Throws `fallback-circular` or `tag-invalid`.
 */
export function fallbackChain(tag: string, table: FallbackTable = fallbackTable): readonly string[] {
  const chain: string[] = [];
  let next: string | undefined = canonical(tag);
  while (next !== undefined) {
    if (chain.includes(next)) {
      throw new LocaleError(
        "fallback-circular",
        `The fallback of ${tag} goes in a circle: ${[...chain, next].join(" → ")}.`,
        "Remove one of these steps from the fallback table.",
      );
    }
    chain.push(next);
    const step: string | undefined = table[next];
    next = step === undefined ? shorter(next) : canonical(step);
  }
  if (!chain.includes(last)) chain.push(last);
  return chain;
}

function shorter(tag: string): string | undefined {
  const cut = tag.lastIndexOf("-");
  return cut > 0 ? tag.slice(0, cut) : undefined;
}

function canonical(tag: string): string {
  try {
    return new Intl.Locale(tag).baseName;
  } catch (error) {
    throw new LocaleError("tag-invalid", `“${tag}” is not a language tag.`, "Write a BCP 47 tag: pt, zh-Hant, sr-Latn.", error);
  }
}
