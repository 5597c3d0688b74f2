import { VaultError } from "../errors.ts";
import type { KeyBytes, OpenFile, SealedFileSource } from "../types.ts";
import { chunkSealed, chunkText, fileHeaderLength, openChunk, readFileKey } from "./chunk.ts";
import { openLastChunk } from "./open-file.ts";

/** Opens a sealed file for reading anywhere: verifies its header and its last chunk, then chunks as they are asked for. */
export async function openFileAt(
  keyFor: (version: number) => KeyBytes,
  binding: Uint8Array,
  source: SealedFileSource,
): Promise<OpenFile> {
  const { key } = readFileKey(keyFor, binding, await source.read(0, fileHeaderLength));
  const body = source.size - fileHeaderLength;
  if (body < chunkSealed - chunkText) throw new VaultError("file-truncated");
  const lastPosition = Math.ceil(body / chunkSealed) - 1;
  const last = openLastChunk(key, lastPosition, await readChunk(source, lastPosition));
  const size = lastPosition * chunkText + last.length;
  return {
    size,
    async *read(start, end) {
      const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
      if (!whole || start < 0 || end < start || end > size) throw new VaultError("range-invalid");
      for (let at = start; at < end;) {
        const position = Math.floor(at / chunkText);
        const from = position * chunkText;
        const text = position === lastPosition ? last : openChunk(key, position, false, await readChunk(source, position));
        yield text.subarray(at - from, Math.min(end - from, chunkText));
        at = from + chunkText;
      }
    },
  };
}

async function readChunk(source: SealedFileSource, position: number): Promise<Uint8Array> {
  const offset = fileHeaderLength + position * chunkSealed;
  const length = Math.min(chunkSealed, source.size - offset);
  const sealed = await source.read(offset, length);
  if (sealed.length !== length) throw new VaultError("file-truncated");
  return sealed;
}
