import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { duplicateKeys } from "../catalogue.ts";
import { localeFiles } from "../disk.ts";
import type { Review } from "../types.ts";
import type { Fault } from "./fault.ts";

export type Texts = Readonly<Record<string, string>>;

/** All of `locales/`, read once and leniently: what cannot be read is a fault, not the end. */
export interface Project {
  readonly directory: string;
  /** Every language that has a folder, English among them. */
  readonly tags: readonly string[];
  /** Those of English. */
  readonly namespaces: readonly string[];
  texts(tag: string, namespace: string): Texts | undefined;
  /** Throws `LocaleError` where review.json is broken. */
  review(tag: string): Review;
  readonly faults: readonly Fault[];
}

export const fileName = (tag: string, namespace: string): string => `locales/${tag}/${namespace}.json`;

export function openProject(directory: string): Project {
  const faults: Fault[] = [];
  const read = new Map<string, Texts>();
  const tags = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  for (const tag of tags) {
    for (const name of readdirSync(join(directory, tag)).filter((name) => name.endsWith(".json") && name !== "review.json")) {
      const namespace = name.slice(0, -5);
      const texts = readTexts(readFileSync(join(directory, tag, name), "utf8"), fileName(tag, namespace), faults);
      if (texts !== undefined) read.set(`${tag}/${namespace}`, texts);
    }
  }
  const namespaces = [...read.keys()].filter((name) => name.startsWith("en/")).map((name) => name.slice(3));
  return {
    directory,
    tags,
    namespaces: namespaces.sort(),
    texts: (tag, namespace) => read.get(`${tag}/${namespace}`),
    review: localeFiles(directory).review,
    faults,
  };
}

function readTexts(text: string, file: string, faults: Fault[]): Texts | undefined {
  const fault = (reason: string) => {
    faults.push({ severity: "error", rule: "file", file, reason });
    return undefined;
  };
  if (text.startsWith("\uFEFF")) return fault("It starts with a byte order mark: save it as UTF-8 without one.");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fault(`It is not JSON: ${error instanceof Error ? error.message : "unknown"}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fault("It is not an object of texts.");
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== "string") return fault(`“${key}” is not a text.`);
    texts[key] = value;
  }
  for (const key of duplicateKeys(text)) {
    faults.push({ severity: "error", rule: "duplicate-key", file, key, reason: "It stands twice: keep one." });
  }
  return texts;
}
