import { assertBytes } from "../bytes.ts";
import { pad } from "../padding.ts";
import { chunkText, type FileKey, sealChunk } from "./chunk.ts";
import { regroup } from "./regroup.ts";

export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Seals a stream. All chunks but the last hold 64 KiB of text; the last holds what is left (perhaps nothing),
 * padded to 64, 256 … 65,536 bytes. At most two chunks are in memory. The file's key is made beforehand: a
 * generator runs later, when the subject's key may have been wiped.
 */
export async function* sealFile(file: FileKey, source: Pieces): AsyncGenerator<Uint8Array, void> {
  yield file.header;
  let position = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of regroup(checked(source), chunkText)) {
    if (chunk.length < chunkText) {
      rest = chunk;
      break;
    }
    yield sealChunk(file.key, position, false, chunk);
    position += 1;
  }
  yield sealChunk(file.key, position, true, pad(rest));
}

async function* checked(source: Pieces): AsyncGenerator<Uint8Array, void> {
  for await (const piece of source) {
    assertBytes(piece);
    yield piece;
  }
}
