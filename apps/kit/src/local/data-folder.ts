import { chmod, mkdir, open, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { KitError } from "../errors.ts";
import type { Layout } from "./layout.ts";

const markerSchema = z.object({ what: z.literal("yizhan-data"), format: z.literal(1) });

/**
 * Makes the data folder or checks that it is ours. Nothing of a folder that cannot be
 * understood is changed. Throws `data-not-ours`, `data-corrupt`, `data-unwritable`.
 */
export async function openDataFolder(paths: Layout): Promise<void> {
  try {
    await mkdir(paths.data, { recursive: true, mode: 0o700 });
    const entries = (await readdir(paths.data)).filter((name) => !name.startsWith(".tmp-"));
    if (!entries.includes("yizhan.json")) {
      // Weights may have been fetched before the first start.
      if (entries.some((name) => name !== "models")) throw new KitError("data-not-ours", { path: paths.data });
      await chmod(paths.data, 0o700);
      await writeWhole(paths.marker, `${JSON.stringify({ what: "yizhan-data", format: 1 })}\n`);
      return;
    }
  } catch (error) {
    if (error instanceof KitError) throw error;
    throw new KitError("data-unwritable", { path: paths.data }, error);
  }
  try {
    markerSchema.parse(JSON.parse(await readFile(paths.marker, "utf8")));
  } catch (error) {
    throw new KitError("data-corrupt", { path: paths.marker }, error);
  }
}

/** Writes a file so that a reader, or the next start after a kill, sees the old one or the new one. */
export async function writeWhole(path: string, content: string, mode = 0o600): Promise<void> {
  const partial = `${path}.tmp-${process.pid}`;
  const file = await open(partial, "w", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** Reads `path`, or makes it with `create` on the first run. */
export async function readOrCreate(path: string, create: () => string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    if (text.trim() === "") throw new KitError("data-corrupt", { path });
    return text;
  } catch (error) {
    if (error instanceof KitError || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const text = create();
  await writeWhole(path, text);
  return text;
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.tmp-${process.pid}`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.tmp-${process.pid}`, path);
}
