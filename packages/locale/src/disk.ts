import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCatalogue } from "./catalogue.ts";
import { LocaleError } from "./errors.ts";
import { pseudo, pseudoTags } from "./pseudo.ts";
import type { Review } from "./types.ts";

export interface LocaleFiles {
  /** Tags that have the namespace, in alphabetical order; pseudo-locales are not among them. */
  tags(namespace: string): readonly string[];
  /** For `createLocale`. Pseudo-locales are made from English. */
  load(tag: string, namespace: string): Readonly<Record<string, string>> | undefined;
  review(tag: string): Review;
}

/** The `locales/` directory. Files are read when asked for and checked as they are read. */
export function localeFiles(directory: string): LocaleFiles {
  const read = (tag: string, name: string) => readOptional(join(directory, tag, `${name}.json`));
  const load = (tag: string, namespace: string): Readonly<Record<string, string>> | undefined => {
    if (pseudoTags.includes(tag)) {
      const source = load("en", namespace);
      return source === undefined ? undefined : pseudo(source, tag);
    }
    const text = read(tag, namespace);
    return text === undefined ? undefined : parseCatalogue(text, `locales/${tag}/${namespace}.json`);
  };
  return {
    load,
    tags: (namespace) =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && read(entry.name, namespace) !== undefined)
        .map((entry) => entry.name)
        .sort(),
    review(tag) {
      const text = read(tag, "review");
      return text === undefined ? {} : parseReview(text, `locales/${tag}/review.json`);
    },
  };
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw new LocaleError("file-unreadable", `${path} cannot be read.`, "Check that it is a file you may read.", error);
  }
}

function parseReview(text: string, where: string): Review {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LocaleError("file-invalid", `${where} is not JSON.`, "Check quotes and commas.", error);
  }
  if (!isReview(json)) {
    throw new LocaleError(
      "file-invalid",
      `${where} does not say who reviewed what.`,
      'Write { "care": { "*": { "by": "a name", "on": "2026-01-31" } } }.',
    );
  }
  return json;
}

function isReview(json: unknown): json is Review {
  return isObject(json) && Object.values(json).every((keys) => isObject(keys) && Object.values(keys).every(isMark));
}

function isMark(mark: unknown): boolean {
  return isObject(mark) && typeof mark.by === "string" && typeof mark.on === "string" && /^\d{4}-\d\d-\d\d$/.test(mark.on);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
