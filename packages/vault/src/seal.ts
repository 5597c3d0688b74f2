import { timingSafeEqual } from "node:crypto";
import { arenaBinding, arenaOpen, arenaSeal, arenaText } from "./arena.ts";
import { assertBytes, readUint32, writeUint32 } from "./bytes.ts";
import { VaultError } from "./errors.ts";
import { isPaddedLength, pad, paddedLength, unpad } from "./padding.ts";
import { randomBytes } from "./random.ts";
import { sodium } from "./sodium.ts";
import type { KeyBytes } from "./types.ts";

/**
 * The sealed form, the same for values, wrapped keys and shares:
 *
 *     magic 1 ‖ version 1 ‖ algorithm 1 ‖ flags 1 ‖ key version 4 ‖ salt 24 ‖ commitment 32 ‖ ciphertext ‖ tag 16
 *
 * `crypto_generichash(64, header ‖ salt ‖ binding, key)` gives the record key (32 bytes) and the commitment
 * (32 bytes); XChaCha20-Poly1305 seals with the salt as nonce and the same bytes as associated data. The
 * commitment is compared before anything is opened: AEADs alone can be opened with more than one key.
 */
export const overhead = 80;
export const formatVersion = 1;
export const algorithms = { xchacha20poly1305: 1, chacha20poly1305Chunks: 2 } as const;
export const magics = { value: 0x59, wrappedKey: 0x57, file: 0x46, share: 0x53, root: 0x52 } as const;

const headerLength = 8;
const saltEnd = 32;
const commitmentEnd = 64;

export interface Header {
  readonly magic: number;
  readonly algorithm: number;
  readonly flags: number;
  /** Unsigned 32 bits. */
  readonly keyVersion: number;
}

/** Reads and checks a header. Throws `sealed-malformed` or `sealed-version-unknown`. */
export function readHeader(sealed: Uint8Array, magic: number, algorithm: number, knownFlags = 0): Header {
  assertBytes(sealed);
  if (sealed.length < headerLength || sealed[0] !== magic) throw new VaultError("sealed-malformed");
  const flags = sealed[3] ?? 0;
  if (sealed[1] !== formatVersion || sealed[2] !== algorithm || (flags & ~knownFlags) !== 0) {
    throw new VaultError("sealed-version-unknown");
  }
  return { magic, algorithm, flags, keyVersion: readUint32(sealed, 4) };
}

export function writeHeader(target: Uint8Array, header: Header): void {
  target[0] = header.magic;
  target[1] = formatVersion;
  target[2] = header.algorithm;
  target[3] = header.flags;
  writeUint32(target, 4, header.keyVersion);
}

/**
 * The record key and commitment for one sealed thing. `binding` carries the header and salt in its first
 * 32 bytes (see `BindingWriter`).
 */
export function deriveRecordKey(key: KeyBytes, binding: Uint8Array): { recordKey: Uint8Array; commitment: Uint8Array } {
  const derived = sodium.crypto_generichash(64, binding, key);
  return { recordKey: derived.subarray(0, 32), commitment: derived.subarray(32) };
}

/** Seals bytes as they are (padding is the caller's). `binding` is filled with the header and salt. */
export function sealBytes(
  header: Header,
  key: KeyBytes,
  binding: Uint8Array,
  text: Uint8Array,
  salt: Uint8Array = randomBytes(24),
): Uint8Array {
  assertBytes(text);
  writeHeader(binding, header);
  binding.set(salt, headerLength);
  const { recordKey, commitment } = deriveRecordKey(key, binding);
  const ciphertext = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(text, binding, null, salt, recordKey);
  const sealed = new Uint8Array(commitmentEnd + ciphertext.length);
  sealed.set(binding.subarray(0, saltEnd));
  sealed.set(commitment, saltEnd);
  sealed.set(ciphertext, commitmentEnd);
  return sealed;
}

/**
 * Opens what {@link sealBytes} sealed, after {@link readHeader} accepted its header. Throws
 * `sealed-malformed` (too short), `sealed-mismatch` (other key or binding), `sealed-tampered`.
 */
export function openBytes(key: KeyBytes, binding: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < overhead) throw new VaultError("sealed-malformed");
  binding.set(sealed.subarray(0, saltEnd));
  const { recordKey, commitment } = deriveRecordKey(key, binding);
  if (!timingSafeEqual(commitment, sealed.subarray(saltEnd, commitmentEnd))) throw new VaultError("sealed-mismatch");
  const nonce = sealed.subarray(headerLength, saltEnd);
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed.subarray(commitmentEnd), binding, nonce, recordKey);
  } catch {
    // libsodium's own error says no more than that; it is dropped so that nothing rides along.
    throw new VaultError("sealed-tampered");
  }
}

/** Pads and seals a text; see {@link sealBytes}. Throws `value-too-large`. */
export function sealText(
  header: Header,
  key: KeyBytes,
  binding: Uint8Array,
  text: Uint8Array,
  salt: Uint8Array = randomBytes(24),
): Uint8Array {
  assertBytes(text);
  const padded = paddedLength(text.length);
  if (padded > arenaText || binding.length > arenaBinding) return sealBytes(header, key, binding, pad(text), salt);
  writeHeader(binding, header);
  binding.set(salt, headerLength);
  return arenaSeal(key, binding, text, padded);
}

/** Opens what {@link sealText} sealed. Throws what {@link openBytes} throws. */
export function openText(key: KeyBytes, binding: Uint8Array, sealed: Uint8Array): Uint8Array {
  const padded = sealed.length - overhead;
  if (!isPaddedLength(padded)) throw new VaultError("sealed-malformed");
  if (padded > arenaText || binding.length > arenaBinding) return unpad(openBytes(key, binding, sealed));
  for (let at = 0; at < saltEnd; at += 1) binding[at] = sealed[at] ?? 0;
  const text = arenaOpen(key, binding, sealed);
  if (typeof text !== "string") return text;
  throw new VaultError(refusals[text]);
}

const refusals = { mismatch: "sealed-mismatch", tampered: "sealed-tampered", unpadded: "sealed-malformed" } as const;
