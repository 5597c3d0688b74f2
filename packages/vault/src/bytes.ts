import { VaultError } from "./errors.ts";
import type { KeyBytes } from "./types.ts";

const encoder = new TextEncoder();

export const keyLength = 32;

/** Checks at run time what the type says: libsodium takes strings as keys and as text without a word. */
export function assertBytes(value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new VaultError("not-bytes");
}

/** Marks 32 bytes as a key. Throws `not-bytes` for anything but a Uint8Array, `bad-key` for another length. */
export function keyBytes(bytes: Uint8Array): KeyBytes {
  assertBytes(bytes);
  if (bytes.length !== keyLength) throw new VaultError("bad-key");
  return bytes as KeyBytes;
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Reads a big-endian unsigned 32-bit number; zeros behind the end. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  const [a, b, c, d] = [bytes[offset] ?? 0, bytes[offset + 1] ?? 0, bytes[offset + 2] ?? 0, bytes[offset + 3] ?? 0];
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** Writes a big-endian unsigned 32-bit number. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
