import { sql } from "kysely";
import type { Scope } from "../scope.ts";

/** New rows of the resource table with their index rows, column by column, as the database takes them. */
export interface ResourceRows {
  readonly rowId: number[];
  readonly tenant: string[];
  readonly type: string[];
  readonly id: string[];
  readonly subject: string[];
  readonly sealed: Uint8Array[];
  readonly updatedAt: Date[];
  readonly indexVersion: number[];
  /** One pair for each term: the term and the row that has it. */
  readonly term: string[];
  readonly termRow: number[];
}

export function noRows(): ResourceRows {
  return {
    rowId: [],
    tenant: [],
    type: [],
    id: [],
    subject: [],
    sealed: [],
    updatedAt: [],
    indexVersion: [],
    term: [],
    termRow: [],
  };
}

export function joinRows(parts: readonly ResourceRows[]): ResourceRows {
  const joined = noRows();
  for (const part of parts) {
    for (const column of Object.keys(joined) as (keyof ResourceRows)[]) (joined[column] as unknown[]).push(...part[column]);
  }
  return joined;
}

/**
 * The parts of a `with` that write the rows, `added` and `indexed`. With `gate`, only where that
 * earlier part of the same statement has a row.
 */
export function rowWrites(rows: ResourceRows, gate?: "fits") {
  const from = gate === undefined ? sql`` : sql`fits,`;
  return sql`added as (
      insert into resource (row_id, tenant, type, id, subject, version, sealed, updated_at, index_version)
      select r.row_id, r.tenant, r.type, r.id, r.subject, 1, r.sealed, r.updated_at, r.index_version
      from ${from} unnest(${rows.rowId}::bigint[], ${rows.tenant}::text[], ${rows.type}::text[], ${rows.id}::text[], ${rows.subject}::text[],
        ${rows.sealed}::bytea[], ${rows.updatedAt}::timestamptz[], ${rows.indexVersion}::integer[])
        as r (row_id, tenant, type, id, subject, sealed, updated_at, index_version)
    ), indexed as (
      insert into resource_index (term, row_id)
      select t.term, t.row_id from ${from} unnest(${rows.term}::bigint[], ${rows.termRow}::bigint[]) as t (term, row_id)
    )`;
}

/** Throws `duplicate` when an id is taken; then nothing is written. */
export async function insertRows(db: Scope["db"], rows: ResourceRows): Promise<void> {
  await sql`with ${rowWrites(rows)} select 1`.execute(db);
}
