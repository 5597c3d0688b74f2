import { BindingWriter, bindingReserve } from "./binding.ts";
import { keyBytes } from "./bytes.ts";
import { VaultError } from "./errors.ts";
import type { KeySet } from "./key-set.ts";
import { sodium } from "./sodium.ts";
import type { IndexSpec, KeyBytes } from "./types.ts";

/**
 * Blind index tokens: a keyed hash (BLAKE2b) of a normalised term, truncated so that several terms share a
 * token. Each table, column and index has a key of its own, derived from the station's index key.
 */
export class BlindIndex {
  readonly #country: string;
  readonly #keys: KeySet;
  readonly #derived = new Map<string, KeyBytes>();

  constructor(country: string, keys: KeySet) {
    this.#country = country;
    this.#keys = keys;
  }

  token(version: number, spec: IndexSpec, term: string): Uint8Array {
    const { bits } = spec;
    if (!Number.isInteger(bits) || bits < 1 || bits > 256) throw new VaultError("context-invalid");
    if (typeof term !== "string" || term === "" || !term.isWellFormed()) throw new VaultError("context-invalid");
    const hash = sodium.crypto_generichash(32, term, this.#keyFor(version, spec));
    const token = hash.slice(0, Math.ceil(bits / 8));
    const last = token.length - 1;
    // What is left of the last byte after the bits that are kept.
    token[last] = (token[last] ?? 0) & (0xff << (token.length * 8 - bits));
    return token;
  }

  /** Forgets derived keys: after a version was retired, and on closing. */
  clear(): void {
    for (const key of this.#derived.values()) key.fill(0);
    this.#derived.clear();
  }

  #keyFor(version: number, spec: IndexSpec): KeyBytes {
    const name = JSON.stringify([version, spec.tenant, spec.table, spec.column, spec.index]);
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const binding = new BindingWriter(160)
      .name("blind index")
      .name(this.#country)
      .name(spec.tenant)
      .name(spec.table)
      .name(spec.column)
      .name(spec.index)
      .done()
      .subarray(bindingReserve);
    const key = keyBytes(sodium.crypto_generichash(32, binding, this.#keys.key(version)));
    this.#derived.set(name, key);
    return key;
  }
}
