import { isFhirId, isServedType, type ServedType } from "../types.ts";
import { type DateQuery, parseDateQuery } from "./dates.ts";
import type { Criterion } from "./match.ts";
import { type SearchParameter, searchParameters } from "./parameters.ts";

export type SearchErrorCode = "unknown-parameter" | "bad-value" | "bad-modifier" | "bad-chain" | "too-many";

/** A search that cannot be understood. `parameter` is the name as it was sent, never its value. */
export class SearchError extends Error {
  readonly code: SearchErrorCode;
  readonly parameter: string;

  constructor(code: SearchErrorCode, parameter: string) {
    super(`${code}: ${parameter}`);
    this.name = "SearchError";
    this.code = code;
    this.parameter = parameter;
  }
}

/** `patient.name=…`: resources whose reference points at one that answers `criterion`. */
export interface Chain {
  readonly parameter: SearchParameter;
  readonly type: ServedType;
  readonly criteria: readonly Criterion[];
}

export interface Include {
  /** The type that holds the reference. */
  readonly source: ServedType;
  readonly parameter: SearchParameter;
  readonly target: ServedType | undefined;
}

export interface SortKey {
  /** `_lastUpdated`, `_id` or a parameter's name. */
  readonly by: "_lastUpdated" | "_id" | SearchParameter;
  readonly descending: boolean;
}

export interface SearchRequest {
  readonly type: ServedType;
  readonly criteria: readonly Criterion[];
  readonly chains: readonly Chain[];
  /** `_id`: any of these. */
  readonly ids: readonly string[] | undefined;
  readonly lastUpdated: readonly DateQuery[];
  readonly sort: readonly SortKey[];
  /** Matches a page holds; 0 asks for the number only. */
  readonly count: number;
  readonly cursor: string | undefined;
  readonly includes: readonly Include[];
  readonly revincludes: readonly Include[];
  /** `_total=accurate`, or a count of 0. */
  readonly wantsTotal: boolean;
}

export const defaultCount = 20;
export const mostCount = 200;
/** Conditions one search may have, chains included. */
const mostCriteria = 20;
const ignored = new Set(["_format", "_pretty", "_summary", "_elements"]);
const modifiersOf: Readonly<Record<SearchParameter["kind"], readonly string[]>> = {
  string: ["exact", "contains", "missing"],
  token: ["not", "missing"],
  reference: ["missing"],
  date: ["missing"],
  uri: ["missing"],
};

/**
 * Reads a search as a URL or a form carries it. Unknown parameters are refused, not ignored: a filter
 * that is silently dropped returns other patients. Throws {@link SearchError}.
 */
export function parseSearch(type: ServedType, query: Iterable<readonly [string, string]>): SearchRequest {
  const criteria: Criterion[] = [];
  const chains: Chain[] = [];
  const lastUpdated: DateQuery[] = [];
  const sort: SortKey[] = [];
  const includes: Include[] = [];
  const revincludes: Include[] = [];
  let ids: string[] | undefined;
  let count = defaultCount;
  let cursor: string | undefined;
  let wantsTotal = false;

  for (const [key, value] of query) {
    if (value === "" || ignored.has(key)) continue;
    const [name = "", modifier] = key.split(":", 2);
    if (key === "_count") {
      if (!/^\d{1,4}$/.test(value)) throw new SearchError("bad-value", key);
      count = Math.min(Number(value), mostCount);
    } else if (key === "_cursor") cursor = value;
    else if (key === "_total") wantsTotal = value === "accurate";
    else if (key === "_id") ids = splitValues(value).filter((id) => isFhirId(id) && (ids?.includes(id) ?? true));
    else if (key === "_lastUpdated") {
      const date = parseDateQuery(value);
      if (date === undefined || date.prefix === "ne") throw new SearchError("bad-value", key);
      lastUpdated.push(date);
    } else if (key === "_sort") sort.push(...value.split(",").map((part) => sortKey(type, part)));
    else if (name === "_include") includes.push(include(value, key));
    else if (name === "_revinclude") revincludes.push(include(value, key));
    else if (key.includes(".")) addChain(chains, type, key, value);
    else criteria.push(criterion(type, name, modifier, value, key));
    if (criteria.length + chains.length > mostCriteria) throw new SearchError("too-many", key);
  }
  return {
    type,
    criteria,
    chains,
    ids,
    lastUpdated,
    sort,
    count,
    cursor,
    includes,
    revincludes,
    wantsTotal: wantsTotal || count === 0,
  };
}

function criterion(type: ServedType, name: string, modifier: string | undefined, value: string, key: string): Criterion {
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw new SearchError("unknown-parameter", key);
  const typed = parameter.kind === "reference" && modifier !== undefined && isServedType(modifier);
  if (modifier !== undefined && !typed && !modifiersOf[parameter.kind].includes(modifier))
    throw new SearchError("bad-modifier", key);
  const values = splitValues(value);
  const wellFormed =
    modifier === "missing"
      ? values.length === 1 && (value === "true" || value === "false")
      : parameter.kind !== "date" || values.every((text) => parseDateQuery(text) !== undefined);
  if (!wellFormed) throw new SearchError("bad-value", key);
  return { parameter, modifier, values };
}

/** Splits alternatives at commas that are not escaped. Source: FHIR R4, 3.1.1.3.1. */
function splitValues(value: string): string[] {
  return value
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll(/\\([,|$\\])/g, "$1"))
    .filter((part) => part !== "");
}

/** `patient.name`, `subject:Patient.identifier`; conditions over one reference are judged together. */
function addChain(chains: Chain[], type: ServedType, key: string, value: string): void {
  const dot = key.indexOf(".");
  const [name = "", typeName] = key.slice(0, dot).split(":", 2);
  const rest = key.slice(dot + 1);
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw new SearchError("unknown-parameter", key);
  const target = typeName ?? (parameter.targets.length === 1 ? parameter.targets[0] : undefined);
  if (parameter.kind !== "reference" || target === undefined || !isServedType(target) || rest.includes(".")) {
    throw new SearchError("bad-chain", key);
  }
  const [inner = "", modifier] = rest.split(":", 2);
  const found = criterion(target, inner, modifier, value, key);
  const at = chains.findIndex((chain) => chain.parameter === parameter && chain.type === target);
  const same = chains[at];
  if (same === undefined) chains.push({ parameter, type: target, criteria: [found] });
  else chains[at] = { ...same, criteria: [...same.criteria, found] };
}

function include(value: string, key: string): Include {
  const [source = "", name = "", target] = value.split(":");
  if (!isServedType(source) || (target !== undefined && !isServedType(target))) throw new SearchError("bad-value", key);
  const parameter = searchParameters(source).get(name);
  if (parameter === undefined || parameter.kind !== "reference") throw new SearchError("bad-value", key);
  return { source, parameter, target };
}

function sortKey(type: ServedType, part: string): SortKey {
  const descending = part.startsWith("-");
  const name = descending ? part.slice(1) : part;
  if (name === "_lastUpdated" || name === "_id") return { by: name, descending };
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw new SearchError("unknown-parameter", "_sort");
  return { by: parameter, descending };
}
