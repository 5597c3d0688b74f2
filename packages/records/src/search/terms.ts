import { isServedType, type JsonObject, type ServedType } from "../types.ts";
import { dateQueryTerms, dateTerms, parseDateQuery } from "./dates.ts";
import { intervalsOf, rawValues, referenceOf, textOf, tokensOf } from "./extract.ts";
import { type SearchParameter, searchParameters } from "./parameters.ts";
import { nameQueryTerms, nameTerms, normalisePhone, normaliseText } from "./text.ts";

/** One term for a blind index: the index is named by type and parameter, the text is normalised. */
export interface IndexTerm {
  readonly type: ServedType;
  readonly parameter: string;
  readonly text: string;
  /** Bits kept of the keyed hash: 32 where values are near unique, fewer where many rows share one. */
  readonly bits: 16 | 32;
}

const bitsOf = { name: 16, code: 16, month: 16, identifier: 32, reference: 32, none: 32 } as const;

/** Every index term of a resource. Date intervals reach years and months, names reach words and prefixes. */
export function indexTerms(resource: JsonObject): IndexTerm[] {
  const type = resource.resourceType;
  if (typeof type !== "string" || !isServedType(type)) return [];
  const found: IndexTerm[] = [];
  for (const parameter of searchParameters(type).values()) {
    if (parameter.index === "none" || aliases.has(parameter.name)) continue;
    const texts = new Set<string>();
    for (const value of rawValues(resource, parameter)) for (const text of termsOf(value, parameter)) texts.add(text);
    for (const text of texts) found.push({ type, parameter: parameter.name, text, bits: bitsOf[parameter.index] });
  }
  return found;
}

/** Parameters that share another one's index: nothing is stored for them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["family", "name"],
  ["given", "name"],
  ["phone", "telecom"],
  ["email", "telecom"],
]);

function indexName(parameter: SearchParameter): string {
  return aliases.get(parameter.name) ?? parameter.name;
}

function termsOf(value: Parameters<typeof textOf>[0], parameter: SearchParameter): string[] {
  switch (parameter.index) {
    case "name":
      return nameTerms(textOf(value));
    case "identifier":
    case "code":
      return tokensOf(value).map((token) => tokenText(token.code, parameter));
    case "month":
      return intervalsOf(value).flatMap(dateTerms);
    case "reference": {
      const reference = referenceOf(value);
      return reference === undefined ? [] : [reference];
    }
    case "none":
      return [];
  }
}

function tokenText(code: string, parameter: SearchParameter): string {
  if (indexName(parameter) === "telecom") {
    const digits = normalisePhone(code);
    return digits.length >= 5 && !code.includes("@") ? digits : normaliseText(code);
  }
  return parameter.kind === "uri" ? code : normaliseText(code);
}

/** The text under which one query value of a token parameter is found, `system|code` or `code`. */
export function splitToken(value: string): { readonly system: string | undefined; readonly code: string } {
  const bar = value.indexOf("|");
  return bar === -1 ? { system: undefined, code: value } : { system: value.slice(0, bar), code: value.slice(bar + 1) };
}

/**
 * Terms that narrow a search, as a conjunction of alternatives: a matching resource has at least one
 * term of every group. `undefined` when the parameter or the value narrows nothing.
 */
export function queryTerms(
  type: ServedType,
  parameter: SearchParameter,
  modifier: string | undefined,
  values: readonly string[],
): IndexTerm[][] | undefined {
  if (parameter.index === "none" || modifier === "not" || modifier === "missing" || modifier === "contains") return undefined;
  const term = (text: string): IndexTerm => ({ type, parameter: indexName(parameter), text, bits: bitsOf[parameter.index] });
  if (parameter.index === "name") {
    const perValue = values.map((value) => nameQueryTerms(value, modifier === "exact"));
    if (perValue.length === 1) return perValue[0]?.map((group) => group.map(term));
    // Alternatives: one narrow term of each value is enough to find all candidates.
    const alternatives: IndexTerm[] = [];
    for (const groups of perValue) {
      const first = groups?.[0];
      if (first === undefined) return undefined;
      alternatives.push(...first.map(term));
    }
    return [alternatives];
  }
  const alternatives: IndexTerm[] = [];
  for (const value of values) {
    const texts = valueTexts(parameter, modifier, value);
    if (texts === undefined) return undefined;
    alternatives.push(...texts.map(term));
  }
  return [alternatives];
}

function valueTexts(parameter: SearchParameter, modifier: string | undefined, value: string): string[] | undefined {
  if (parameter.index === "month") {
    const query = parseDateQuery(value);
    return query === undefined ? undefined : dateQueryTerms(query);
  }
  if (parameter.index === "reference") return referenceTexts(parameter, modifier, value);
  const { code } = parameter.kind === "uri" ? { code: value } : splitToken(value);
  return code === "" ? undefined : [tokenText(code, parameter)];
}

/** `Patient/1` as given; `1` under every type the parameter may point at. */
export function referenceTexts(parameter: SearchParameter, modifier: string | undefined, value: string): string[] {
  if (value.includes("/") || value.includes(":")) return [value];
  const targets = modifier === undefined || modifier === "" ? parameter.targets : [modifier];
  return targets.length === 0 ? [value] : targets.map((target) => `${target}/${value}`);
}
