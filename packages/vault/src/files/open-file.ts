import { VaultError } from "../errors.ts";
import { isPaddedLength, unpad } from "../padding.ts";
import type { KeyBytes } from "../types.ts";
import { chunkSealed, type FileKey, fileHeaderLength, openChunk, readFileKey } from "./chunk.ts";
import { regroup } from "./regroup.ts";
import type { Pieces } from "./seal-file.ts";

/** Opens a sealed stream in order. A piece is yielded only after its tag was checked. */
export async function* openFile(
  keyFor: (version: number) => KeyBytes,
  binding: Uint8Array,
  sealed: Pieces,
): AsyncGenerator<Uint8Array, void> {
  let file: FileKey | undefined;
  let position = 0;
  // A chunk is known to be the last only when nothing comes after it.
  let waiting: Uint8Array | undefined;
  for await (const piece of afterHeader(sealed)) {
    if (file === undefined) {
      file = readFileKey(keyFor, binding, piece);
      continue;
    }
    if (waiting !== undefined) {
      yield openChunk(file.key, position, false, waiting);
      position += 1;
    }
    waiting = piece;
  }
  if (file === undefined || waiting === undefined) throw new VaultError("file-truncated");
  yield openLastChunk(file.key, position, waiting);
}

/** Throws `file-truncated` when the chunk is one that cannot, or did not, end a file. */
export function openLastChunk(key: Uint8Array, position: number, sealed: Uint8Array): Uint8Array {
  if (!isPaddedLength(sealed.length - 16)) throw new VaultError("file-truncated");
  try {
    return unpad(openChunk(key, position, true, sealed));
  } catch (error) {
    if (sealed.length === chunkSealed && opensAsMiddle(key, position, sealed)) throw new VaultError("file-truncated");
    throw error;
  }
}

function opensAsMiddle(key: Uint8Array, position: number, sealed: Uint8Array): boolean {
  try {
    openChunk(key, position, false, sealed);
    return true;
  } catch {
    return false;
  }
}

/** The header as one piece, then whole sealed chunks. */
async function* afterHeader(sealed: Pieces): AsyncGenerator<Uint8Array, void> {
  const header = new Uint8Array(fileHeaderLength);
  let filled = 0;
  const source = Symbol.asyncIterator in sealed ? sealed[Symbol.asyncIterator]() : sealed[Symbol.iterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (filled < fileHeaderLength) {
    const next = await source.next();
    if (next.done === true) break;
    const part = next.value.subarray(0, fileHeaderLength - filled);
    header.set(part, filled);
    filled += part.length;
    first = next.value.subarray(part.length);
  }
  yield header.subarray(0, filled);
  yield* regroup(continued(first, source), chunkSealed);
}

async function* continued(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield first;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
