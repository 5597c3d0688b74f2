import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it: `bigint`, `timestamp with time zone`. */
  readonly type: string;
}

export interface DumpedTable {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** What a restore must not bring back: who was signed in yesterday is not signed in today. */
const passing: ReadonlySet<string> = new Set(["session", "patient_session", "challenge", "guess"]);
/** Written by `migrate`. */
const ours: ReadonlySet<string> = new Set(["schema_step"]);

/** Every table of the schema in an order in which rows may be inserted, as the database itself says. */
export async function readTables(db: Kysely<Tables>): Promise<DumpedTable[]> {
  const columns = await sql<{ table_name: string; name: string; type: string }>`
    select c.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0
      and not a.attisdropped and a.attgenerated = ''
    order by c.relname, a.attnum`.execute(db);
  const references = await sql<{ source: string; target: string }>`
    select s.relname as source, t.relname as target from pg_constraint k
    join pg_class s on s.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and s.relnamespace = current_schema()::regnamespace and s.oid <> t.oid`.execute(db);
  const tables = new Map<string, Column[]>();
  for (const { table_name: table, name, type } of columns.rows) {
    if (passing.has(table) || ours.has(table)) continue;
    const list = tables.get(table);
    if (list === undefined) tables.set(table, [{ name, type }]);
    else list.push({ name, type });
  }
  const needs = Map.groupBy(references.rows, (row) => row.source);
  const ordered: DumpedTable[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { target } of needs.get(name) ?? []) visit(target);
    const list = tables.get(name);
    if (list !== undefined) ordered.push({ name, columns: list });
  };
  for (const name of tables.keys()) visit(name);
  return ordered;
}

/** The schema's sequences and the numbers they gave out last; none for one that was never asked. */
export async function readSequences(db: Kysely<Tables>): Promise<{ name: string; value: string }[]> {
  const result = await sql<{ name: string; value: string | null }>`
    select sequencename as name, last_value::text as value from pg_sequences
    where schemaname = current_schema() order by sequencename`.execute(db);
  return result.rows.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
}

/** The steps of the schema that the database has, in their order. */
export async function readSteps(db: Kysely<Tables>): Promise<string[]> {
  const result = await sql<{ name: string }>`select name from schema_step order by applied_at, name`.execute(db);
  return result.rows.map((row) => row.name);
}
