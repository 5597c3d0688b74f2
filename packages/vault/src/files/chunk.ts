import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import { VaultError } from "../errors.ts";
import { algorithms, deriveRecordKey, magics, readHeader, writeHeader } from "../seal.ts";
import type { KeyBytes } from "../types.ts";

/**
 * A sealed file: header 8 ‖ salt 24 ‖ commitment 32, then chunks of 65,536 bytes and a 16-byte tag. The file's
 * key and commitment are derived as a sealed value's are. Each chunk is sealed with ChaCha20-Poly1305 (RFC
 * 8439); its nonce is its position (8 bytes, big-endian), 3 zero bytes, and 1 for the last chunk, 0 for the
 * others (the STREAM construction): chunks cannot be reordered, dropped or cut off at the end. Node's
 * implementation gives libsodium's bytes and runs on native code.
 */
export const chunkText = 65_536;
export const chunkSealed = chunkText + 16;
export const fileHeaderLength = 64;

const cipher = "chacha20-poly1305";
const options = { authTagLength: 16 };

/** One file's key, and its first 64 bytes. */
export interface FileKey {
  readonly key: Uint8Array;
  readonly header: Uint8Array;
}

export function newFileKey(keyVersion: number, key: KeyBytes, binding: Uint8Array, salt: Uint8Array): FileKey {
  writeHeader(binding, { magic: magics.file, algorithm: algorithms.chacha20poly1305Chunks, flags: 0, keyVersion });
  binding.set(salt, 8);
  const { recordKey, commitment } = deriveRecordKey(key, binding);
  const header = new Uint8Array(fileHeaderLength);
  header.set(binding.subarray(0, 32));
  header.set(commitment, 32);
  return { key: recordKey, header };
}

/** Throws `file-truncated`, `sealed-malformed`, `sealed-version-unknown`, `key-version-unknown`, `sealed-mismatch`. */
export function readFileKey(keyFor: (version: number) => KeyBytes, binding: Uint8Array, header: Uint8Array): FileKey {
  if (header.length < fileHeaderLength) throw new VaultError("file-truncated");
  const { keyVersion } = readHeader(header, magics.file, algorithms.chacha20poly1305Chunks);
  binding.set(header.subarray(0, 32));
  const { recordKey, commitment } = deriveRecordKey(keyFor(keyVersion), binding);
  if (!timingSafeEqual(commitment, header.subarray(32, fileHeaderLength))) throw new VaultError("sealed-mismatch");
  return { key: recordKey, header };
}

export function sealChunk(key: Uint8Array, position: number, last: boolean, text: Uint8Array): Uint8Array {
  const sealing = createCipheriv(cipher, key, nonceOf(position, last), options);
  const sealed = Buffer.allocUnsafeSlow(text.length + 16);
  sealed.set(sealing.update(text));
  sealing.final();
  sealed.set(sealing.getAuthTag(), text.length);
  return sealed;
}

/** Throws `sealed-tampered`: also for a chunk at another position, or a last one that is not the last. */
export function openChunk(key: Uint8Array, position: number, last: boolean, sealed: Uint8Array): Uint8Array {
  if (sealed.length < 16) throw new VaultError("file-truncated");
  const end = sealed.length - 16;
  const opening = createDecipheriv(cipher, key, nonceOf(position, last), options);
  opening.setAuthTag(sealed.subarray(end));
  const text = opening.update(sealed.subarray(0, end));
  try {
    opening.final();
  } catch {
    text.fill(0);
    throw new VaultError("sealed-tampered");
  }
  return new Uint8Array(text.buffer, text.byteOffset, text.length);
}

function nonceOf(position: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(0, BigInt(position));
  nonce[11] = last ? 1 : 0;
  return nonce;
}
