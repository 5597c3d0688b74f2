import { BindingWriter, bindingReserve } from "../binding.ts";
import { sodium } from "../sodium.ts";
import type { KeyBytes } from "../types.ts";

/**
 * A public value that only this root has (keyless BLAKE2b of a label, the country and the root), hexadecimal.
 * It tells a right root from a wrong one, and nothing about 32 random bytes.
 */
export function rootCommitment(root: KeyBytes, country: string): string {
  const binding = new BindingWriter().name("root commitment").name(country).bytes(root).done();
  return sodium.to_hex(sodium.crypto_generichash(32, binding.subarray(bindingReserve), null));
}
