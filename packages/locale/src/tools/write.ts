import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes all files or none that can be seen: first beside their places, then each renamed into it. */
export function writeAll(files: ReadonlyMap<string, string>): void {
  const made = [...files.keys()].map((path) => ({ path, beside: `${path}.${process.pid}.tmp` }));
  try {
    for (const { path, beside } of made) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(beside, files.get(path) ?? "", { flush: true });
    }
    for (const { path, beside } of made) renameSync(beside, path);
  } finally {
    for (const { beside } of made) rmSync(beside, { force: true });
  }
}
