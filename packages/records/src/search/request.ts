import type { Shape } from "../shape.ts";
import { isFhirId, isServedType, type ServedType } from "../types.ts";
import { AnswerParameters } from "./answer.ts";
import { type DateQuery, parseDateQuery } from "./dates.ts";
import { SearchError } from "./error.ts";
import type { Criterion } from "./match.ts";
import { type SearchParameter, searchParameters } from "./parameters.ts";

/** `patient.name=…`: resources whose reference points at one that answers `criterion`. */
export interface Chain {
  readonly parameter: SearchParameter;
  readonly type: ServedType;
  readonly criteria: readonly Criterion[];
}

/** `_has:Observation:patient:code=…`: resources that one of `source` points at, which answers all of it. */
export interface Has {
  readonly source: ServedType;
  readonly parameter: SearchParameter;
  readonly criteria: readonly Criterion[];
  readonly has: readonly Has[];
}

export interface Include {
  /** The type that holds the reference. */
  readonly source: ServedType;
  readonly parameter: SearchParameter;
  readonly target: ServedType | undefined;
  /** Also of what was included. */
  readonly iterate: boolean;
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
  readonly has: readonly Has[];
  /** `_id`: any of these. */
  readonly ids: readonly string[] | undefined;
  readonly lastUpdated: readonly DateQuery[];
  readonly sort: readonly SortKey[];
  /** Matches a page holds; 0 asks for the number only. */
  readonly count: number;
  readonly cursor: string | undefined;
  readonly includes: readonly Include[];
  readonly revincludes: readonly Include[];
  /** `_total=accurate` or `estimate`, or a count of 0. */
  readonly wantsTotal: boolean;
  /** `_total=none`. */
  readonly hidesTotal: boolean;
  /** The part of each match that is asked for; undefined for the whole. */
  readonly shape: Shape | undefined;
  /** Names of parameters that were left out, where the client asked to be treated leniently. */
  readonly ignored: readonly string[];
}

/** Conditions one search may have, chains included. */
const mostCriteria = 20;
const modifiersOf: Readonly<Record<SearchParameter["kind"], readonly string[]>> = {
  string: ["exact", "contains", "missing"],
  token: ["not", "missing"],
  reference: ["missing"],
  date: ["missing"],
  uri: ["missing"],
};

/**
 * Reads a search as a URL or a form carries it. Unknown parameters are refused, not ignored, unless the client says
 * `lenient`: a filter that is silently dropped returns other patients. Throws {@link SearchError}.
 */
export function parseSearch(
  type: ServedType,
  query: Iterable<readonly [string, string]>,
  { lenient = false } = {},
): SearchRequest {
  const criteria: Criterion[] = [];
  const chains: Chain[] = [];
  const has: Has[] = [];
  const lastUpdated: DateQuery[] = [];
  const sort: SortKey[] = [];
  const includes: Include[] = [];
  const revincludes: Include[] = [];
  const ignored: string[] = [];
  const answer = new AnswerParameters(type);
  let ids: string[] | undefined;

  const read = (key: string, value: string) => {
    const name = key.split(":", 1)[0] ?? "";
    if (value === "") throw new SearchError("bad-value", key);
    if (answer.take(key, value)) return;
    if (key === "_id") ids = splitValues(value).filter((id) => isFhirId(id) && (ids?.includes(id) ?? true));
    else if (key === "_lastUpdated") {
      const date = parseDateQuery(value);
      if (date === undefined || date.prefix === "ne") throw new SearchError("bad-value", key);
      lastUpdated.push(date);
    } else if (key === "_sort") sort.push(...value.split(",").map((part) => sortKey(type, part)));
    else if (name === "_include") includes.push(include(value, key));
    else if (name === "_revinclude") revincludes.push(include(value, key));
    else if (name === "_has") has.push(reverseChain(type, key, key, value));
    else if (key.includes(".")) addChain(chains, type, key, value);
    else criteria.push(criterion(type, key, value, key));
  };
  for (const [key, value] of query) {
    try {
      read(key, value);
    } catch (error) {
      if (!lenient || !(error instanceof SearchError) || error.code !== "unknown-parameter") throw error;
      ignored.push(key);
    }
    if (criteria.length + chains.length + has.length > mostCriteria) throw new SearchError("too-many", key);
  }
  return { type, criteria, chains, has, ids, lastUpdated, sort, includes, revincludes, ignored, ...answer.read() };
}

/** `_has:Observation:patient:code` or `_has:Observation:patient:_has:AuditEvent:entity:agent`. */
function reverseChain(type: ServedType, part: string, key: string, value: string): Has {
  const [, source = "", name = "", ...rest] = part.split(":");
  const inner = rest.join(":");
  if (!isServedType(source) || inner === "" || inner.includes(".")) throw new SearchError("bad-chain", key);
  const parameter = searchParameters(source).get(name);
  const points = parameter?.targets.length === 0 || parameter?.targets.some((target) => target === type) === true;
  if (parameter === undefined || parameter.kind !== "reference" || !points) throw new SearchError("bad-chain", key);
  if (rest[0] === "_has") return { source, parameter, criteria: [], has: [reverseChain(source, inner, key, value)] };
  return { source, parameter, criteria: [criterion(source, inner, value, key)], has: [] };
}

/** `part` is name and modifier, `key` the whole parameter as it was sent. */
function criterion(type: ServedType, part: string, value: string, key: string): Criterion {
  const [name = "", modifier, more] = part.split(":");
  if (more !== undefined) throw new SearchError("bad-modifier", key);
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw new SearchError("unknown-parameter", key);
  const typed = parameter.kind === "reference" && modifier !== undefined && isServedType(modifier);
  if (modifier !== undefined && !typed && !modifiersOf[parameter.kind].includes(modifier))
    throw new SearchError("bad-modifier", key);
  const values = splitValues(value);
  const wellFormed =
    modifier === "missing"
      ? values.length === 1 && (value === "true" || value === "false")
      : values.length > 0 && (parameter.kind !== "date" || values.every((text) => parseDateQuery(text) !== undefined));
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
  const found = criterion(target, rest, value, key);
  const at = chains.findIndex((chain) => chain.parameter === parameter && chain.type === target);
  const same = chains[at];
  if (same === undefined) chains.push({ parameter, type: target, criteria: [found] });
  else chains[at] = { ...same, criteria: [...same.criteria, found] };
}

function include(value: string, key: string): Include {
  const modifier = key.split(":")[1];
  if (modifier !== undefined && modifier !== "iterate") throw new SearchError("bad-modifier", key);
  const [source = "", name = "", target] = value.split(":");
  if (!isServedType(source) || (target !== undefined && !isServedType(target))) throw new SearchError("bad-value", key);
  const parameter = searchParameters(source).get(name);
  if (parameter === undefined || parameter.kind !== "reference") throw new SearchError("bad-value", key);
  return { source, parameter, target, iterate: modifier === "iterate" };
}

function sortKey(type: ServedType, part: string): SortKey {
  const descending = part.startsWith("-");
  const name = descending ? part.slice(1) : part;
  if (name === "_lastUpdated" || name === "_id") return { by: name, descending };
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw new SearchError("unknown-parameter", "_sort");
  return { by: parameter, descending };
}
