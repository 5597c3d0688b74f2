import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, PGliteDialect, type PGliteTransaction } from "kysely";
import { cleaned } from "./clean.ts";

/**
 * PostgreSQL in this process. `directory` holds its files; without one it lives in memory.
 * `close` writes everything out; a killed process recovers from its write-ahead log at the next start.
 */
export async function openPglite(directory: string | undefined): Promise<Dialect> {
  if (directory !== undefined) await mkdir(directory, { recursive: true, mode: 0o700 });
  const database = await cleaned(() => PGlite.create(directory === undefined ? {} : { dataDir: directory }));
  return new PGliteDialect({
    pglite: {
      waitReady: database.waitReady,
      get ready() {
        return database.ready;
      },
      get closed() {
        return database.closed;
      },
      close: () => cleaned(() => database.close()),
      query: (text, parameters, options) => cleaned(() => database.query(text, parameters, options)),
      transaction: (work) =>
        cleaned(() =>
          database.transaction((inner) => {
            const transaction: PGliteTransaction = {
              query: (text, parameters, options) => cleaned(() => inner.query(text, parameters, options)),
              rollback: () => inner.rollback(),
            };
            return work(transaction);
          }),
        ),
    },
  });
}
