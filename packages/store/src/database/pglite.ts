import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, PGliteDialect, type PGliteTransaction } from "kysely";
import { cleaned } from "./clean.ts";
import { DurableNodeFS } from "./durable-fs.ts";

/**
 * PGlite touches its whole buffer pool at start; its default of 128 MB would lie idle twice in every
 * station. The operating system's cache holds the files as well. It is its only connection, and keeps room for a hundred.
 */
const startParams = [...PGlite.defaultStartParams, "-c", "shared_buffers=8MB", "-c", "max_connections=10"];

/** PGlite switches `fsync` off (`-F`). Of its ways to flush, `fsync` alone gets through to {@link DurableNodeFS}. */
const durableParams = [
  ...startParams.filter((parameter) => parameter !== "-F"),
  ...["wal_sync_method=fsync", "min_wal_size=64MB", "max_wal_size=64MB"].flatMap((setting) => ["-c", setting]),
];

/** After so many segments of 16 MiB the log is written into the tables, its files serve again, and so do deleted rows' places. */
const tidyAfter = 4;

/**
 * PostgreSQL in this process. `directory` holds its files; without one it lives in `memory`, or begins there. What was
 * committed is on the disk: a killed process, or a machine that lost its power, recovers at the next start.
 */
export async function openPglite(directory: string | undefined, memory?: Blob): Promise<Dialect> {
  if (directory !== undefined) await makeOnce(directory);
  // One function of PGlite costs V8's optimising compiler 600 MB for a second. One function at a time, so
  // that this memory is not spread over the heaps of several threads, where it would stay.
  setFlagsFromString("--wasm-num-compilation-tasks=1");
  const files = directory === undefined ? undefined : new DurableNodeFS(directory);
  const filled = memory === undefined ? {} : { loadDataDir: memory };
  const place = files === undefined ? { startParams, ...filled } : { fs: files, startParams: durableParams };
  const database = await cleaned(() => PGlite.create(place));
  const after = files === undefined ? <T>(value: T) => value : tidying(database, files);
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
      query: async (text, parameters, options) => after(await cleaned(() => database.query(text, parameters, options))),
      transaction: async (work) =>
        after(
          await cleaned(() =>
            database.transaction((inner) => {
              const transaction: PGliteTransaction = {
                query: (text, parameters, options) => cleaned(() => inner.query(text, parameters, options)),
                rollback: () => inner.rollback(),
              };
              return work(transaction);
            }),
          ),
        ),
    },
  });
}

/**
 * A server writes its log into the tables, and gives the places of deleted rows to new ones, in processes of their own.
 * Alone, PostgreSQL does the first at its end only and the second never: a station that runs for years would fill its disk.
 * So it is told to, behind whoever's write made it due.
 */
function tidying(database: PGlite, files: DurableNodeFS): <T>(value: T) => T {
  let under = false;
  const done = () => {
    under = false;
  };
  return (value) => {
    if (!under && files.segments >= tidyAfter) {
      under = true;
      // One that fails loses nothing and is tried again after the next write.
      database
        .exec("checkpoint")
        .then(() => database.exec("vacuum"))
        .then(
          () => files.forgetSegments(),
          () => undefined,
        )
        .finally(done);
    }
    return value;
  };
}

const run = promisify(execFile);

/**
 * Makes the files of a new database in a process of its own: what that takes (three programs in WebAssembly,
 * 128 MB of buffers) would stay in this one until its next full collection, which an idle station never sees.
 * They get their name once they are whole and on the disk: a kill in between leaves no half of a database.
 */
async function makeOnce(directory: string): Promise<void> {
  const made = await access(join(directory, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (made) return;
  const program = join(import.meta.dirname, "pglite-init.ts");
  const making = `${directory}.making-${randomBytes(4).toString("hex")}`;
  await mkdir(making, { recursive: true, mode: 0o700 });
  try {
    await cleaned(() => run(process.execPath, ["--disable-warning=ExperimentalWarning", program, making]));
    await rename(making, directory);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}
