import { sodium } from "./sodium.ts";

/** What is used of libsodium's WebAssembly module itself. Lengths of 64 bits come as two numbers of 32. */
interface SodiumModule {
  /** Replaced when the memory grows: read it afresh each time. */
  readonly HEAPU8: Uint8Array;
  readonly _malloc: (bytes: number) => number;
  readonly _crypto_generichash: (
    out: number,
    outLength: number,
    input: number,
    length: number,
    high: number,
    key: number,
    keyLength: number,
  ) => number;
  readonly _crypto_aead_xchacha20poly1305_ietf_encrypt: (
    out: number,
    outLength: number,
    text: number,
    length: number,
    high: number,
    associated: number,
    associatedLength: number,
    associatedHigh: number,
    unused: number,
    nonce: number,
    key: number,
  ) => number;
  readonly _crypto_aead_xchacha20poly1305_ietf_decrypt: (
    out: number,
    outLength: number,
    unused: number,
    sealed: number,
    length: number,
    high: number,
    associated: number,
    associatedLength: number,
    associatedHigh: number,
    nonce: number,
    key: number,
  ) => number;
}

const { libsodium: wasm } = sodium as unknown as { readonly libsodium: SodiumModule };
const {
  _malloc: allocate,
  _crypto_generichash: genericHash,
  _crypto_aead_xchacha20poly1305_ietf_encrypt: encrypt,
  _crypto_aead_xchacha20poly1305_ietf_decrypt: decrypt,
} = wasm;

/** The largest binding and padded text that fit; larger ones go through libsodium's ordinary functions. */
export const arenaBinding = 4096;
export const arenaText = 16_384;

// The wrapper allocates and copies for every argument of every call, which costs as much as sealing a short
// value. One fixed place in the module's memory, used by one call at a time, spares that, and lets keys and
// text be wiped after each call.
const keyAt = allocate(32 + 64 + arenaBinding + 2 * (arenaText + 16));
const derivedAt = keyAt + 32;
const bindingAt = derivedAt + 64;
const inputAt = bindingAt + arenaBinding;
const outputAt = inputAt + arenaText + 16;
const saltOffset = 8;

/** Puts the record key and the commitment at `derivedAt`. */
function derive(heap: Uint8Array, key: Uint8Array, binding: Uint8Array): void {
  heap.set(key, keyAt);
  heap.set(binding, bindingAt);
  genericHash(derivedAt, 64, bindingAt, binding.length, 0, keyAt, 32);
}

/** Seals a text, padded to `padded` bytes: binding's first 32 bytes ‖ commitment ‖ ciphertext ‖ tag. */
export function arenaSeal(key: Uint8Array, binding: Uint8Array, text: Uint8Array, padded: number): Uint8Array {
  const heap = wasm.HEAPU8;
  derive(heap, key, binding);
  heap.set(text, inputAt);
  heap[inputAt + text.length] = 0x80;
  heap.fill(0, inputAt + text.length + 1, inputAt + padded);
  const nonce = bindingAt + saltOffset;
  encrypt(outputAt, 0, inputAt, padded, 0, bindingAt, binding.length, 0, 0, nonce, derivedAt);
  const sealed = new Uint8Array(80 + padded);
  sealed.set(heap.subarray(bindingAt, bindingAt + 32));
  sealed.set(heap.subarray(derivedAt + 32, derivedAt + 64), 32);
  sealed.set(heap.subarray(outputAt, outputAt + padded + 16), 64);
  wipe(heap, inputAt, text.length);
  return sealed;
}

/**
 * Opens a value whose header was read: its text, without padding, or what is wrong: the commitment
 * (`mismatch`), the tag (`tampered`) or the padding (`unpadded`).
 */
export function arenaOpen(
  key: Uint8Array,
  binding: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | "mismatch" | "tampered" | "unpadded" {
  const heap = wasm.HEAPU8;
  derive(heap, key, binding);
  // Compared without stopping at the first difference.
  let difference = 0;
  for (let at = 0; at < 32; at += 1) difference |= (heap[derivedAt + 32 + at] ?? 0) ^ (sealed[32 + at] ?? 0);
  if (difference !== 0) {
    wipe(heap, outputAt, 0);
    return "mismatch";
  }
  const length = sealed.length - 64;
  heap.set(sealed.subarray(64), inputAt);
  const nonce = bindingAt + saltOffset;
  const failed = decrypt(outputAt, 0, 0, inputAt, length, 0, bindingAt, binding.length, 0, nonce, derivedAt);
  const padded = length - 16;
  let end = outputAt + padded - 1;
  while (end > outputAt && heap[end] === 0) end -= 1;
  const marked = heap[end] === 0x80;
  const text = failed === 0 && marked ? heap.slice(outputAt, end) : undefined;
  wipe(heap, outputAt, padded);
  return text ?? (failed === 0 ? "unpadded" : "tampered");
}

/** Keys and text do not stay in the module's memory. */
function wipe(heap: Uint8Array, at: number, length: number): void {
  heap.fill(0, keyAt, bindingAt);
  heap.fill(0, at, at + length);
}
