import { PGlite } from "@electric-sql/pglite";

/** A program: makes an empty PGlite in the folder that its argument names. Started by `openPglite`. */
const [, , directory] = process.argv;
if (directory === undefined) throw new TypeError("no folder given");
const database = await PGlite.create({ dataDir: directory });
await database.close();
