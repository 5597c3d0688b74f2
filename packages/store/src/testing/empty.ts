import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { access, cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type DatabaseOptions, openDatabase } from "../database/open.ts";

/** An empty PGlite in memory: two seconds of `initdb` become a third of one. */
export async function inMemory(): Promise<DatabaseOptions> {
  const files = await keptOnce("memory", async (place) => {
    const database = await PGlite.create();
    const dump = await database.dumpDataDir("none");
    await database.close();
    await writeFile(place, new Uint8Array(await dump.arrayBuffer()));
  });
  return { kind: "pglite", files: await openAsBlob(files) };
}

/** Puts an empty PGlite into a folder where none is yet: two seconds of `initdb` become a copy of 40 MB. */
export async function emptyDatabase(directory: string): Promise<void> {
  if (await exists(join(directory, "PG_VERSION"))) return;
  const files = await keptOnce("folder", async (place) => {
    const database = await openDatabase({ kind: "pglite", directory: place });
    await database.close();
  });
  await cp(files, directory, { recursive: true });
}

/** What was made once for this version of PGlite, among temporary files. Of several that make it at once one counts. */
async function keptOnce(what: string, make: (place: string) => Promise<void>): Promise<string> {
  // Where it is installed names its version.
  const version = createHash("sha256")
    .update(import.meta.resolve("@electric-sql/pglite"))
    .digest("hex")
    .slice(0, 12);
  const kept = join(tmpdir(), `yizhan-empty-${what}-${version}`);
  if (await exists(kept)) return kept;
  const making = await mkdtemp(`${kept}-`);
  await make(join(making, what));
  await rename(join(making, what), kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  await rm(making, { recursive: true, force: true });
  return kept;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
