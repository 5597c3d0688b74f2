import { execFile } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, PGliteDialect, type PGliteTransaction } from "kysely";
import { cleaned } from "./clean.ts";

/**
 * PGlite touches its whole buffer pool at start; its default of 128 MB would lie idle twice in every
 * station. The operating system's cache holds the files as well.
 */
const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=8MB"];

/**
 * PostgreSQL in this process. `directory` holds its files; without one it lives in memory.
 * `close` writes everything out; a killed process recovers from its write-ahead log at the next start.
 */
export async function openPglite(directory: string | undefined): Promise<Dialect> {
  if (directory !== undefined) await makeOnce(directory);
  // One function of PGlite costs V8's optimising compiler 600 MB for a second. One function at a time, so
  // that this memory is not spread over the heaps of several threads, where it would stay.
  setFlagsFromString("--wasm-num-compilation-tasks=1");
  const place = directory === undefined ? {} : { dataDir: directory };
  const database = await cleaned(() => PGlite.create({ ...place, startParams }));
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

const run = promisify(execFile);

/**
 * Makes the files of a new database in a process of its own: what that takes (three programs in WebAssembly,
 * 128 MB of buffers) would stay in this one until its next full collection, which an idle station never sees.
 */
async function makeOnce(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = await access(join(directory, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (made) return;
  const program = join(import.meta.dirname, "pglite-init.ts");
  await cleaned(() => run(process.execPath, ["--disable-warning=ExperimentalWarning", program, directory]));
}
