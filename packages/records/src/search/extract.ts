import { isObject, type Json, type JsonObject } from "../types.ts";
import { valuesAt } from "../walk.ts";
import { type Interval, parseInterval } from "./dates.ts";
import type { SearchParameter } from "./parameters.ts";

/** All values of a parameter in a resource, before they are read as its kind. */
export function rawValues(resource: JsonObject, parameter: SearchParameter): Json[] {
  return parameter.paths.length === 1
    ? valuesAt(resource, parameter.paths[0] ?? "")
    : parameter.paths.flatMap((path) => valuesAt(resource, path));
}

/** Texts of a string parameter; a HumanName counts as one text, family name first where it has no spaces. */
export function textOf(value: Json): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  const parts = [value.prefix, value.family, value.given, value.suffix, value.text].flat();
  return parts.filter((part) => typeof part === "string").join(" ");
}

export interface TokenValue {
  readonly system: string | undefined;
  readonly code: string;
}

/** Reads code, boolean, Coding, CodeableConcept, Identifier and ContactPoint as tokens. */
export function tokensOf(value: Json): TokenValue[] {
  if (typeof value === "string" || typeof value === "boolean") return [{ system: undefined, code: String(value) }];
  if (!isObject(value)) return [];
  if (Array.isArray(value.coding)) return value.coding.flatMap((coding: Json) => tokensOf(coding));
  const code = value.code ?? value.value;
  if (typeof code !== "string") return [];
  return [{ system: typeof value.system === "string" ? value.system : undefined, code }];
}

/** Reference, canonical or uri as the text it is compared by. */
export function referenceOf(value: Json): string | undefined {
  if (typeof value === "string") return value;
  if (isObject(value) && typeof value.reference === "string") return value.reference.replace(/\/_history\/.*$/, "");
  return undefined;
}

const far = 8.64e15;

/** Reads date, dateTime, instant, Period and Timing as intervals. */
export function intervalsOf(value: Json): Interval[] {
  if (typeof value === "string") {
    const found = parseInterval(value);
    return found === undefined ? [] : [found];
  }
  if (!isObject(value)) return [];
  if (Array.isArray(value.event)) return value.event.flatMap((event: Json) => intervalsOf(event));
  const start = typeof value.start === "string" ? parseInterval(value.start) : undefined;
  const end = typeof value.end === "string" ? parseInterval(value.end) : undefined;
  if (start === undefined && end === undefined) return [];
  return [{ start: start?.start ?? -far, end: end?.end ?? far }];
}
