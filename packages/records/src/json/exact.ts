import type { JsonObject } from "../types.ts";

/**
 * JSON whose numbers come back as they were written: `5.10` is not `5.1`. In FHIR the precision of a decimal is
 * part of what it says (FHIR R4, 2.24.0.1: "the precision of the decimal value has significance"), and
 * JavaScript's numbers have none. An object that holds such a number keeps its text beside it, under a symbol that
 * spreading copies and `JSON.stringify` does not see; so do the objects around it, up to the root. What is written
 * with {@link jsonText} says the text, as long as the number is still the one that it stood for.
 */
const numberTexts: unique symbol = Symbol("texts of numbers");

interface Marked {
  [numberTexts]?: Record<string, string>;
}

/**
 * Finds, without reading it, a text that may hold a number that JavaScript would write differently: zeros at its
 * end, an exponent, more digits than a double has, a value so small that it gets an exponent, minus zero.
 */
const suspect = /[:,[]\s*-?\d(?:\d*\.\d*0|[\d.]*[eE][-+]?\d+|\.0{6}\d+|[\d.]{15,}|(?<=-0))\s*[,}\]]/;

// Both are in ECMAScript's 2025 proposal "JSON.parse source text access" and in Node 24, not yet in TypeScript's library.
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** As `JSON.parse`, and throws as it does. */
export function parseJson(text: string): unknown {
  if (!suspect.test(text)) return JSON.parse(text);
  try {
    return parseWith(text, function remember(key, value, { source }) {
      if (typeof value === "number") {
        if (source !== undefined && String(value) !== source) mark(this as Marked)[key] = source;
      } else if (isMarked(value)) mark(this as Marked);
      return value;
    });
  } catch (error) {
    // Nested so deep that walking it ends the stack; whoever checks its depth refuses it.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** As `JSON.stringify`, numbers as they were read. `composed`: the root was put together from parts that were read. */
export function jsonText(value: object, { composed = false, indent = 0 } = {}): string {
  return composed || isMarked(value) ? JSON.stringify(value, withTexts, indent) : JSON.stringify(value, undefined, indent);
}

/** A deep copy that keeps how numbers were written. */
export function cloneJson<T extends JsonObject>(value: T): T {
  return isMarked(value) ? (mapped(value, (_text, number) => number) as T) : structuredClone(value);
}

/** A deep copy in which every number that was written in its own way is a string: `prefix` and its text. */
export function numbersAsTexts(value: unknown, prefix: string): unknown {
  return mapped(value, (text) => `${prefix}${text}`, false);
}

/** The way back from {@link numbersAsTexts}, in place. */
export function textsAsNumbers(value: unknown, prefix: string): void {
  if (typeof value !== "object" || value === null) return;
  const holder = value as Record<string, unknown> & Marked;
  for (const [key, inner] of Object.entries(holder)) {
    if (typeof inner === "string" && inner.startsWith(prefix)) {
      const text = inner.slice(prefix.length);
      holder[key] = Number(text);
      mark(holder)[key] = text;
    } else {
      textsAsNumbers(inner, prefix);
      if (isMarked(inner)) mark(holder);
    }
  }
}

export function isMarked(value: unknown): boolean {
  return typeof value === "object" && value !== null && numberTexts in value;
}

function mark(holder: Marked): Record<string, string> {
  holder[numberTexts] ??= {};
  return holder[numberTexts];
}

/** The text of a number that was written in its own way and has not been changed since. */
function textOf(holder: Marked, key: string, value: number): string | undefined {
  const text = holder[numberTexts]?.[key];
  return text !== undefined && Object.is(Number(text), value) ? text : undefined;
}

function withTexts(this: Marked, key: string, value: unknown): unknown {
  const text = typeof value === "number" ? textOf(this, key, value) : undefined;
  return text === undefined ? value : rawJSON(text);
}

function mapped(value: unknown, change: (text: string, number: number) => unknown, keep = true): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  const target = copy as Record<string, unknown> & Marked;
  for (const [key, inner] of Object.entries(value)) {
    const text = typeof inner === "number" ? textOf(value as Marked, key, inner) : undefined;
    target[key] = text === undefined ? mapped(inner, change, keep) : change(text, inner as number);
  }
  if (keep && isMarked(value)) target[numberTexts] = { ...(value as Marked)[numberTexts] };
  return copy;
}
