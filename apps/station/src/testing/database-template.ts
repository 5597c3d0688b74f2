import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@yizhan/store";

/** Two seconds of `initdb` become a copy of 40 MB: an empty PGlite, made once per lockfile and kept among temporary files. */
export async function emptyDatabase(repository: string, directory: string): Promise<void> {
  const lock = createHash("sha256")
    .update(await readFile(join(repository, "pnpm-lock.yaml")))
    .digest("hex");
  const template = join(tmpdir(), `yizhan-empty-database-${lock.slice(0, 12)}`);
  if (!(await exists(template))) {
    const made = await mkdtemp(`${template}-`);
    const database = await openDatabase({ kind: "pglite", directory: join(made, "db") });
    await database.close();
    // Whoever is first wins; the others' copies go.
    await rename(join(made, "db"), template).catch(ignoreExisting);
    await rm(made, { recursive: true, force: true });
  }
  await cp(template, directory, { recursive: true });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}
