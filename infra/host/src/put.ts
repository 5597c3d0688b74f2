import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { full } from "./files.ts";

/** Streams checked bytes into a file that appears whole or not at all. */
export async function putFile(pieces: AsyncIterable<Uint8Array>, path: string, mode: number): Promise<void> {
  const partial = `${path}.yizhan-new`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(pieces, createWriteStream(partial, { mode }));
    const file = await open(partial, "r+");
    await file.chmod(mode);
    await file.sync();
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw full(error);
  }
}
