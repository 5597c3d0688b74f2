import { Kysely, sql } from "kysely";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import type { Tables } from "./tables.ts";

export type DatabaseOptions =
  | {
      readonly kind: "pglite";
      /** Absent: in memory, for tests. */
      readonly directory?: string;
      /** In memory alone: the files to begin with, as PGlite dumps them. Absent: a new database's, which takes two seconds to make. */
      readonly files?: Blob;
    }
  | {
      readonly kind: "postgres";
      readonly url: string;
      /** Default 10. */
      readonly connections?: number;
      /** The schema that holds the tables, where it is not the role's own: a restore fills one beside it. */
      readonly schema?: string;
    };

/** An open database. Other folders of this package reach their own tables with `kysely.withTables<…>()`. */
export interface Database {
  readonly kind: DatabaseOptions["kind"];
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}

/**
 * Opens PGlite (embedded, one connection) or a pool on a PostgreSQL server. Run {@link migrate} next.
 * Errors of its driver come out as `StoreError`s without values.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dialect =
    options.kind === "pglite"
      ? await openPglite(options.directory, options.files)
      : openPostgres(options.url, options.connections ?? 10, options.schema);
  const kysely = new Kysely<Tables>({ dialect });
  // Kysely closes a driver only after its first statement; PGlite must be closed in any case.
  await sql`select 1`.execute(kysely);
  return { kind: options.kind, kysely, close: () => kysely.destroy() };
}
