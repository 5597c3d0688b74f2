import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";
import { type Migration, statements } from "../database/migrate.ts";
import type { AuditWriter } from "./writer.ts";

/**
 * Entries that were committed with a transaction and are not in the log yet: for a moment, unless the
 * process dies in it. The log itself takes entries one after the other, so transactions do not wait for it.
 */
export const auditPendingMigration: Migration = {
  name: "2026-11-23-audit-pending",
  up: (db) =>
    statements(
      db,
      `
create table audit_pending (
  id bigint generated always as identity primary key,
  entry bytea not null,
  written_at timestamptz not null default now()
);
`,
    ),
};

/** Writes entries with the transaction; resolves their numbers. */
export async function writePending(transaction: Kysely<Tables>, entries: readonly Uint8Array[]): Promise<number[]> {
  const { rows } = await sql<{ id: number | string }>`insert into audit_pending (entry)
    select entry from unnest(${[...entries]}::bytea[]) with ordinality as e (entry, place) order by place returning id`.execute(
    transaction,
  );
  return rows.map((row) => Number(row.id));
}

/**
 * Puts into the log what a process that died had committed and not yet logged; resolves how many. What is
 * younger than ten seconds belongs to a process at work.
 */
export async function recoverPending(db: Kysely<Tables>, audit: AuditWriter): Promise<number> {
  const { rows } = await sql<{ id: number | string; entry: Uint8Array }>`select id, entry from audit_pending
    where written_at < now() - interval '10 seconds' order by id limit 10000`.execute(db);
  if (rows.length === 0) return 0;
  await audit.append(
    rows.map((row) => new Uint8Array(row.entry)),
    { settled: rows.map((row) => Number(row.id)) },
  );
  return rows.length;
}
