import type { DateQuery, FhirResource, IndexTerm } from "@yizhan/records";
import { sql } from "kysely";
import type { Scope } from "../scope.ts";
import { open, type Version } from "./sealed.ts";
import { soughtTerms } from "./terms.ts";

/** What the database can decide without opening a record. */
export interface CandidateQuery {
  readonly type: string;
  /** A row has at least one term of every group. */
  readonly groups: readonly (readonly IndexTerm[])[];
  readonly ids?: readonly string[] | undefined;
  readonly lastUpdated?: readonly DateQuery[];
  readonly ascending?: boolean;
  readonly after?: { readonly time: number; readonly row: number } | undefined;
  readonly limit: number;
}

export interface Candidate<T extends FhirResource = FhirResource> {
  readonly row: number;
  readonly version: Version<T>;
}

/** Rows that may match, opened, in order of change (the newest first unless `ascending`). */
export async function candidates<T extends FhirResource>(scope: Scope, query: CandidateQuery): Promise<Candidate<T>[]> {
  const { type, ids, after } = query;
  const direction = query.ascending === true ? sql`asc` : sql`desc`;
  const beyond = query.ascending === true ? sql`>` : sql`<`;
  const conditions = [sql`r.tenant = ${scope.tenant}`, sql`r.type = ${type}`, sql`r.sealed is not null`];
  let from = sql`resource r`;
  if (query.groups.length > 0) {
    const groups = query.groups.map((group) => {
      const terms = soughtTerms(scope.vault, scope.tenant, group);
      return sql`select ${terms.length > 1 ? sql`distinct` : sql``} i.row_id from unnest(${terms}::bigint[]) as t (term) cross join lateral
        (select row_id from resource_index where term = t.term offset 0) i`;
    });
    // Terms and the rows found are looked up by key. `offset 0` keeps the planner from walking the whole index, or the type
    // in order of change, instead, which it prefers whenever it cannot know how few rows a term has.
    from = sql`(${sql.join(groups, sql` intersect `)}) found cross join lateral
      (select * from resource where row_id = found.row_id offset 0) r`;
  }
  // As `resource_recent` says it.
  else if (ids === undefined) conditions.push(sql`r.row_id > 0`);
  if (ids !== undefined) conditions.push(sql`r.id = any(${[...ids]}::text[])`);
  for (const bound of query.lastUpdated ?? []) conditions.push(...updatedWithin(bound));
  if (after !== undefined) {
    conditions.push(sql`(r.updated_at, r.row_id) ${beyond} (${new Date(after.time)}::timestamptz, ${after.row}::bigint)`);
  }
  const result = await sql<{
    row_id: number;
    id: string;
    version: number;
    subject: string;
    sealed: Uint8Array;
    updated_at: Date;
  }>`
    select r.row_id, r.id, r.version, r.subject, r.sealed, r.updated_at from ${from} where ${sql.join(conditions, sql` and `)}
    order by r.updated_at ${direction}, r.row_id ${direction} limit ${query.limit}::integer`.execute(scope.db);
  return Promise.all(
    result.rows.map(async (row) => ({
      row: row.row_id,
      version: await open<T>(scope, { type, id: row.id, subject: row.subject, version: row.version }, row.updated_at, row.sealed),
    })),
  );
}

function updatedWithin({ prefix, interval }: DateQuery) {
  const start = new Date(interval.start);
  const end = new Date(interval.end);
  switch (prefix) {
    case "gt":
    case "sa":
      return [sql`r.updated_at >= ${end}`];
    case "ge":
      return [sql`r.updated_at >= ${start}`];
    case "lt":
    case "eb":
      return [sql`r.updated_at < ${start}`];
    case "le":
      return [sql`r.updated_at < ${end}`];
    case "eq":
    case "ap":
      return [sql`r.updated_at >= ${start}`, sql`r.updated_at < ${end}`];
    case "ne":
      return [sql`(r.updated_at < ${start} or r.updated_at >= ${end})`];
  }
}

/** Current versions of the named resources, in no order; deleted and unknown ones are left out. */
export async function readMany(
  scope: Scope,
  wanted: readonly { readonly type: string; readonly id: string }[],
): Promise<Version[]> {
  if (wanted.length === 0) return [];
  const result = await sql<{ type: string; id: string; version: number; subject: string; sealed: Uint8Array; updated_at: Date }>`
    select r.type, r.id, r.version, r.subject, r.sealed, r.updated_at
    from unnest(${wanted.map((one) => one.type)}::text[], ${wanted.map((one) => one.id)}::text[]) as w (type, id)
    join resource r on r.tenant = ${scope.tenant} and r.type = w.type and r.id = w.id
    where r.sealed is not null`.execute(scope.db);
  return Promise.all(result.rows.map((row) => open(scope, row, row.updated_at, row.sealed)));
}
