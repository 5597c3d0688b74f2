import { access, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Tables } from "../database/tables.ts";
import { BackupError } from "./errors.ts";
import { type FreshPlace, inDatabase, type Target } from "./place.ts";
import { syncFolder, writeWhole } from "./write-file.ts";

const journalName = "restore.json";
const journalSchema = z.object({
  moves: z.array(z.object({ fresh: z.string(), target: z.string(), aside: z.string() })),
});

/**
 * Puts filled places where the databases live, and what was there beside them under `before…` names, which it
 * resolves. Folders: a journal is written first, so that a kill in between is finished by
 * {@link finishSwap}. Schemas: one transaction a database. Throws `in-use` while another program is connected.
 */
export async function swapIn(places: readonly FreshPlace[], folder: string, stamp: string): Promise<string[]> {
  const asides: string[] = [];
  const moves: { fresh: string; target: string; aside: string }[] = [];
  for (const { target, name } of places) {
    if (target.kind === "pglite") {
      const aside = `${basename(target.directory)}.before-${stamp}`;
      if (await exists(target.directory)) asides.push(join(dirname(target.directory), aside));
      moves.push({ fresh: name, target: basename(target.directory), aside });
    } else asides.push(await swapSchema(target.url, name, `before_${stamp}`));
  }
  if (moves.length > 0) {
    await writeWhole(join(folder, journalName), [Buffer.from(JSON.stringify({ moves }))]);
    await finishSwap(folder);
  }
  return asides;
}

/**
 * Finishes what a killed restore had begun to put in place. Run it before a database of `folder` is opened:
 * between two renames there is none, and an empty one would be made. True when there was something to finish.
 */
export async function finishSwap(folder: string): Promise<boolean> {
  const path = join(folder, journalName);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return false;
  for (const { fresh, target, aside } of journalSchema.parse(JSON.parse(text)).moves) {
    // Gone when it was moved already: what stands at the target is it.
    if (!(await exists(join(folder, fresh)))) continue;
    if (await exists(join(folder, target))) await rename(join(folder, target), join(folder, aside));
    await rename(join(folder, fresh), join(folder, target));
  }
  await syncFolder(folder);
  await rm(path);
  await syncFolder(folder);
  return true;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function swapSchema(url: string, fresh: string, aside: string): Promise<string> {
  await inDatabase(url, async (database) => {
    await database.kysely.transaction().execute(async (transaction) => {
      await assertAlone(transaction);
      const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(transaction);
      const live = rows[0]?.name ?? "public";
      await sql`alter schema ${sql.id(live)} rename to ${sql.id(aside)}`.execute(transaction);
      await sql`alter schema ${sql.id(fresh)} rename to ${sql.id(live)}`.execute(transaction);
    });
  });
  return aside;
}

/** Throws `in-use` when another connection of ours is in this database: a station that writes into what is put aside. */
async function assertAlone(db: Kysely<Tables>): Promise<void> {
  const patience = 20;
  for (let asked = 0; asked < patience; asked += 1) {
    const { rows } = await sql<{ others: number }>`select count(*)::int as others from pg_stat_activity
      where datname = current_database() and application_name = 'yizhan' and pid <> pg_backend_pid()`.execute(db);
    if (rows[0]?.others === 0) return;
    // A connection that was closed a moment ago is still listed; within a transaction the list is kept.
    await sql`select pg_sleep(0.1), pg_stat_clear_snapshot()`.execute(db);
  }
  throw new BackupError("in-use", "A station is connected to this database.");
}

/** Throws `in-use` unless no program of ours is connected to the database. Folders have a lock of their own. */
export async function assertUnused(target: Target): Promise<void> {
  if (target.kind === "postgres") await inDatabase(target.url, (database) => assertAlone(database.kysely));
}
