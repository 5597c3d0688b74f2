import {
  type Criterion,
  type DateQuery,
  type Has,
  type IndexTerm,
  matches,
  parseReference,
  queryTerms,
  rawValues,
  referenceOf,
  type SearchRequest,
  type ServedType,
  type SortKey,
  sortValue,
} from "@yizhan/records";
import { sql } from "kysely";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { type Candidate, candidates, type CandidateQuery } from "./candidates.ts";
import { type Cursor, readCursor, writeCursor } from "./cursor.ts";
import { included } from "./include.ts";
import type { Version } from "./sealed.ts";

export interface SearchResult {
  readonly matches: readonly Version[];
  readonly included: readonly Version[];
  /** The next page's cursor; absent on the last page. */
  readonly next: string | undefined;
  /** How many match in all, where that was asked for or is known anyway. */
  readonly total: number | undefined;
}

/** Records one search opens at most: found by an index, and without one. */
export const searchLimits = { indexed: 20_000, scanned: 2_000, sorted: 2_000, chained: 500, pointing: 5_000 } as const;

/**
 * Searches one type: the blind index finds candidates, each is opened and judged. Throws `too-broad`
 * when more records would have to be opened than {@link searchLimits}, `bad-cursor`.
 */
export async function searchResources(scope: Scope, request: SearchRequest): Promise<SearchResult> {
  const resolved = await resolve(scope, request);
  if (resolved === undefined) return { matches: [], included: [], next: undefined, total: 0 };
  const plan = new Plan(scope, resolved);
  const cursor = request.cursor === undefined ? undefined : readCursor(request.cursor);
  if (request.count === 0) return { matches: [], included: [], next: undefined, total: await plan.total() };
  const page = plan.inOrderOfChange ? await plan.page(cursor) : await plan.sortedPage(cursor);
  const whole = cursor === undefined && page.next === undefined;
  return {
    matches: page.found,
    included: await included(scope, request, page.found),
    next: page.next === undefined ? undefined : writeCursor(page.next),
    total: whole ? page.found.length : request.wantsTotal ? await plan.total() : undefined,
  };
}

/** What a search asks of the records of one type themselves. */
type Question = Pick<SearchRequest, "type" | "criteria" | "ids"> &
  Partial<Pick<SearchRequest, "chains" | "has" | "lastUpdated" | "sort" | "count">>;

/**
 * Turns `patient.name=…` into `patient=Patient/1,Patient/2`, and `_has:…` into ids; undefined when nothing can match.
 * Each is a search of its own, over what answers it.
 */
async function resolve<T extends Question>(scope: Scope, question: T): Promise<T | undefined> {
  const criteria = [...question.criteria];
  for (const chain of question.chains ?? []) {
    const found = await new Plan(scope, { type: chain.type, criteria: chain.criteria, ids: undefined }).all(searchLimits.chained);
    if (found.length === 0) return undefined;
    criteria.push({ parameter: chain.parameter, modifier: undefined, values: found.map((one) => `${one.type}/${one.id}`) });
  }
  let { ids } = question;
  for (const has of question.has ?? []) {
    const pointed = await pointedAt(scope, question.type, has);
    ids = ids === undefined ? [...pointed] : ids.filter((id) => pointed.has(id));
    if (ids.length === 0) return undefined;
  }
  return { ...question, criteria, ids };
}

/** Ids of the resources of `type` that answer a reverse chain. */
async function pointedAt(scope: Scope, type: ServedType, has: Has): Promise<Set<string>> {
  const ids = new Set<string>();
  const question = await resolve(scope, { type: has.source, criteria: has.criteria, has: has.has, ids: undefined });
  if (question === undefined) return ids;
  for (const { judged } of await new Plan(scope, question).all(searchLimits.pointing)) {
    for (const value of rawValues(judged, has.parameter)) {
      const reference = parseReference(referenceOf(value) ?? "");
      if (reference?.type === type) ids.add(reference.id);
    }
  }
  return ids;
}

interface Page {
  readonly found: Version[];
  readonly next: Cursor | undefined;
}

class Plan {
  readonly #scope: Scope;
  readonly #request: Question;
  readonly #criteria: readonly Criterion[];
  readonly #sort: readonly SortKey[];
  readonly #lastUpdated: readonly DateQuery[];
  readonly #groups: readonly (readonly IndexTerm[])[];
  readonly #limit: number;

  constructor(scope: Scope, request: Question) {
    this.#scope = scope;
    this.#request = request;
    const { criteria, sort = [], lastUpdated = [] } = request;
    this.#sort = sort;
    this.#lastUpdated = lastUpdated;
    this.#criteria = criteria;
    const groups: IndexTerm[][] = [];
    const wide: IndexTerm[][] = [];
    for (const { parameter, modifier, values } of criteria) {
      const found = queryTerms(request.type, parameter, modifier, values) ?? [];
      for (const group of found) (parameter.index === "month" && group.length > 12 ? wide : groups).push(group);
    }
    // An open range of dates narrows little: it is looked up only where nothing else is.
    this.#groups = groups.length > 0 ? groups : wide;
    this.#limit = this.#groups.length > 0 || request.ids !== undefined ? searchLimits.indexed : searchLimits.scanned;
  }

  get inOrderOfChange(): boolean {
    const [first, second] = this.#sort;
    return second === undefined && (first === undefined || first.by === "_lastUpdated");
  }

  /** One page in order of change: only what is needed to fill it is opened. */
  async page(cursor: Cursor | undefined): Promise<Page> {
    if (cursor !== undefined && "offset" in cursor) throw new StoreError("bad-cursor", "The cursor belongs to another order.");
    const { count = 0 } = this.#request;
    const found: Candidate[] = [];
    for await (const candidate of this.#matching(cursor, count + 1)) {
      found.push(candidate);
      if (found.length > count) break;
    }
    const page = found.slice(0, count);
    const last = page.at(-1);
    return {
      found: page.map((one) => one.version),
      next: found.length > count && last !== undefined ? { time: last.version.updatedAt.getTime(), row: last.row } : undefined,
    };
  }

  /** One page in another order: all matches are opened, so their number is limited. */
  async sortedPage(cursor: Cursor | undefined): Promise<Page> {
    if (cursor !== undefined && !("offset" in cursor)) throw new StoreError("bad-cursor", "The cursor belongs to another order.");
    const keyed = (await this.all(searchLimits.sorted)).map((version) => ({
      version,
      keys: this.#sort.map(({ by }) =>
        by === "_id" ? version.id : by === "_lastUpdated" ? version.updatedAt.toISOString() : sortValue(version.judged, by),
      ),
    }));
    const collator = new Intl.Collator("und");
    keyed.sort((a, b) => {
      for (const [at, { descending }] of this.#sort.entries()) {
        const order = collator.compare(a.keys[at] ?? "", b.keys[at] ?? "");
        if (order !== 0) return descending ? -order : order;
      }
      return a.version.id < b.version.id ? -1 : 1;
    });
    const start = cursor?.offset ?? 0;
    const end = start + (this.#request.count ?? 0);
    return { found: keyed.slice(start, end).map((one) => one.version), next: end < keyed.length ? { offset: end } : undefined };
  }

  /** Every match, at most `most`. Throws `too-broad`. */
  async all(most: number): Promise<Version[]> {
    const found: Version[] = [];
    for await (const candidate of this.#matching(undefined, 500)) {
      if (found.length === most) throw tooBroad(`More than ${most} records match.`);
      found.push(candidate.version);
    }
    return found;
  }

  /** How many match; counted by the database where it can decide alone. */
  async total(): Promise<number> {
    const { type, ids } = this.#request;
    if (this.#criteria.length > 0 || ids !== undefined || this.#lastUpdated.length > 0)
      return (await this.all(searchLimits.indexed)).length;
    const result = await sql<{ count: number | string }>`select count(*) as count from resource
      where tenant = ${this.#scope.tenant} and type = ${type} and sealed is not null`.execute(this.#scope.db);
    return Number(result.rows[0]?.count ?? 0);
  }

  async *#matching(after: { readonly time: number; readonly row: number } | undefined, first: number): AsyncGenerator<Candidate> {
    let limit = first;
    let opened = 0;
    for (let from = after; ;) {
      const batch = await candidates(this.#scope, this.#query(from, limit));
      for (const candidate of batch) {
        const resource = this.#criteria.length === 0 ? undefined : candidate.version.judged;
        if (resource === undefined || this.#criteria.every((criterion) => matches(resource, criterion))) yield candidate;
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < limit) return;
      opened += batch.length;
      if (opened >= this.#limit && this.#criteria.length > 0)
        throw tooBroad(`This search would open more than ${this.#limit} records.`);
      from = { time: last.version.updatedAt.getTime(), row: last.row };
      limit = Math.min(limit * 4, 500);
    }
  }

  #query(after: { readonly time: number; readonly row: number } | undefined, limit: number): CandidateQuery {
    const { type, ids } = this.#request;
    const [first] = this.#sort;
    const ascending = first?.by === "_lastUpdated" && !first.descending;
    return { type, groups: this.#groups, ids, lastUpdated: this.#lastUpdated, ascending, after, limit };
  }
}

function tooBroad(message: string): StoreError {
  return new StoreError("too-broad", message, {
    hint: "Add a parameter that narrows it: identifier, patient, code, a name of at least three letters, a date of a few months.",
  });
}
