import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../archive/manifest.ts";
import { paths } from "../paths.ts";

/** An upload that was cut off goes on within days; somebody else's may be under way. */
const keptMs = 7 * 86_400_000;

/** Removes parts of earlier archives: each release leaves some, and a host is to last for years. */
export async function removeOldParts({ parts }: Manifest, now = Date.now()): Promise<void> {
  const wanted = new Set(parts.map((part) => part.sha256));
  const names = await readdir(paths.parts).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    if (wanted.has(name.replace(/\.partial$/, ""))) continue;
    const path = join(paths.parts, name);
    if (now - (await stat(path)).mtimeMs > keptMs) await rm(path, { recursive: true, force: true });
  }
}
