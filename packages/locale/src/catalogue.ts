import { parse } from "@formatjs/icu-messageformat-parser";
import { LocaleError } from "./errors.ts";
import type { Catalogue, Message } from "./types.ts";

/** Marks that reorder text unseen; U+200E, U+200F, U+061C and the joiners are ordinary writing. */
export const hidden = /[\u202A-\u202E\u2066-\u2069\uFEFF]|(?![\n\t])\p{Cc}/u;

/**
 * Reads one namespace file: a flat JSON object of ICU messages. Throws `LocaleError` with the place
 * for anything else: a byte order mark, a key given twice, a value that is not text, a message
 * that does not parse, a control character that could hide text.
 */
export function parseCatalogue(text: string, where: string): Readonly<Record<string, string>> {
  if (text.startsWith("\uFEFF")) {
    throw new LocaleError("file-invalid", `${where} starts with a byte order mark.`, "Save it as UTF-8 without one.");
  }
  const json = readJson(text, where);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new LocaleError("file-invalid", `${where} is not an object of texts.`, 'Write { "key": "text" }.');
  }
  const catalogue: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== "string") {
      throw new LocaleError("file-invalid", `${where}: “${key}” is not a text.`, "Keys are flat, values are strings.");
    }
    if (hidden.test(value)) {
      throw new LocaleError("control-character", `${where}: “${key}” holds a hidden control character.`, "Type the text again.");
    }
    compileMessage(value, `${where}: “${key}”`);
    catalogue[key] = value;
  }
  refuseDuplicates(text, where);
  return catalogue;
}

/** Every message as plain text or as its syntax tree, so that its reader needs no parser. */
export function compile(catalogue: Readonly<Record<string, string>>, where: string): Catalogue {
  return Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, compileMessage(text, `${where}: “${key}”`)]));
}

function compileMessage(text: string, where: string): Message {
  if (!/[{}'#]/.test(text)) return text;
  try {
    return parse(text, { ignoreTag: true, captureLocation: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    throw new LocaleError(
      "message-invalid",
      `${where} is not an ICU message (${reason}).`,
      "Compare its braces with the English text.",
      error,
    );
  }
}

function readJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LocaleError("file-invalid", `${where} is not JSON.`, "Check quotes and commas near the place named.", error);
  }
}

/** JSON.parse keeps the last of two equal keys and says nothing; a translator's work would be lost. */
function refuseDuplicates(text: string, where: string): void {
  const [key] = duplicateKeys(text);
  if (key !== undefined) throw new LocaleError("key-duplicate", `${where}: “${key}” stands twice.`, "Keep one of them.");
}

/** Keys that stand more than once in the text of a flat JSON object. */
export function duplicateKeys(text: string): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const [, raw = ""] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:\s*"(?:[^"\\]|\\.)*"/g)) {
    const key = String(JSON.parse(raw));
    if (seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return [...twice];
}
