import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

/** A program: makes an empty PGlite in the folder that its argument names, on the disk. Started by `openPglite`. */
const [, , directory] = process.argv;
if (directory === undefined) throw new TypeError("no folder given");
const database = await PGlite.create({ dataDir: directory });
await database.close();
for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() && !entry.isDirectory()) continue;
  await using file = await open(join(entry.parentPath, entry.name), "r");
  await file.sync();
}
