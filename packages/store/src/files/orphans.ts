import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { referencesOf } from "../backup/attachments.ts";
import type { Store } from "../store.ts";
import { folderName } from "./sealed-files.ts";

/** Longer than any request lasts, and any clock is wrong: a file is written before the record that names it. */
const youngMs = 86_400_000;

/**
 * Removes files that no record names, nor an earlier version of one: what a process left that died between the file
 * and its record. Those younger than a day stay. Opens every Binary, a few at a time; a record that does not open
 * ends it with that error, and nothing is removed. Resolves how many files went.
 */
export async function removeOrphans({ database, vault, files }: Store, now = Date.now()): Promise<number> {
  if (files === undefined) return 0;
  // The files first: what is named meanwhile is young.
  const old = await oldFiles(files.directory, now - youngMs);
  if (old.length === 0) return 0;
  const named = new Set(
    (await referencesOf(database.kysely, vault)).map(({ place }) => join(folderName(place.subject), place.name)),
  );
  const orphans = old.filter((path) => !named.has(path));
  for (const path of orphans) await rm(join(files.directory, path), { force: true });
  return orphans.length;
}

async function oldFiles(directory: string, before: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith(".part")) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).mtimeMs < before) found.push(path.slice(directory.length + 1));
  }
  return found;
}
