import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { BackupError } from "./errors.ts";

/**
 * Writes a file whole or not at all, 0600: under another name first, flushed, then renamed. Resolves its
 * size in bytes. Throws `target-not-writable` when the disk is full or the place cannot be written.
 */
export async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  const partial = `${path}.partial`;
  let size = 0;
  try {
    // What a killed run left is nobody's.
    await rm(partial, { force: true });
    const file = await open(partial, "wx", 0o600);
    try {
      for await (const piece of pieces) {
        await file.writeFile(piece);
        size += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    await rm(partial, { force: true });
    if (isPlaceError(error)) throw new BackupError("target-not-writable", `${path} could not be written.`, { cause: error });
    throw error;
  }
}

/** A new name is on the disk only once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}

const placeErrors: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EIO"]);

function isPlaceError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error && placeErrors.has(error.code);
}
