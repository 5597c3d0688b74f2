import { type Kysely, sql } from "kysely";
import { StoreError } from "../errors.ts";
import type { Database } from "./open.ts";

/**
 * One step of the schema, forward only. `name` sorts by time and never changes once released:
 * `2026-11-22-records`. `up` runs inside one transaction with all other new steps.
 */
export interface Migration {
  readonly name: string;
  readonly up: (db: Kysely<unknown>) => Promise<void>;
}

type MigrationTables = { schema_step: { name: string; applied_at: Date } };

/** Any fixed number: what two processes that migrate at once wait on. */
const migrationLock = 4_200_731;

/**
 * Brings the schema up to `steps`, all or nothing, and says which steps were new. Safe to repeat and
 * to run from several processes at once. Throws `schema-newer` when the database already has a step
 * that this program does not know: an older program must not write into a newer schema.
 */
export async function migrate(database: Pick<Database, "kysely">, steps: readonly Migration[]): Promise<readonly string[]> {
  const db = database.kysely.withTables<MigrationTables>();
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(transaction);
    await sql`create table if not exists schema_step (name text primary key, applied_at timestamptz not null default now())`.execute(
      transaction,
    );
    const applied = new Set((await transaction.selectFrom("schema_step").select("name").execute()).map((row) => row.name));
    const known = new Set(steps.map((step) => step.name));
    const unknown = [...applied].filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new StoreError("schema-newer", `The database was written by a newer Yizhan (it has ${unknown.join(", ")}).`, {
        hint: "Start the newer release, or restore a backup that this release made.",
      });
    }
    const fresh = steps.filter((step) => !applied.has(step.name));
    for (const step of fresh) {
      await step.up(transaction as unknown as Kysely<unknown>);
      await transaction.insertInto("schema_step").values({ name: step.name, applied_at: new Date() }).execute();
    }
    return fresh.map((step) => step.name);
  });
}

/** Runs the statements of one migration, separated by semicolons at line ends. */
export async function statements(db: Kysely<unknown>, text: string): Promise<void> {
  for (const statement of text.split(/;\s*$/m)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}
