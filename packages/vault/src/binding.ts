import { writeUint32 } from "./bytes.ts";
import { VaultError } from "./errors.ts";
import type { SealContext } from "./types.ts";

/** Bytes left free at the front of a binding for the header (8) and salt (24) of the value it binds. */
export const bindingReserve = 32;

const encoder = new TextEncoder();

/**
 * Writes what a value is bound to: each field as a 4-byte big-endian length and its UTF-8 bytes, whole
 * numbers as a length of 8 and 8 bytes, so that no two places have the same bytes.
 */
export class BindingWriter {
  #bytes: Uint8Array;
  #end = bindingReserve;

  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Throws `context-invalid` for what is not well-formed text: lone surrogates would encode alike. */
  text(value: string): this {
    if (typeof value !== "string") throw new VaultError("context-invalid");
    this.#room(4 + value.length * 3);
    const start = this.#end + 4;
    const bytes = this.#bytes;
    let length = 0;
    // Names are nearly always ASCII, and for twenty letters a loop is several times faster than the encoder.
    for (; length < value.length; length += 1) {
      const code = value.charCodeAt(length);
      if (code > 0x7f) break;
      bytes[start + length] = code;
    }
    if (length < value.length) {
      if (!value.isWellFormed()) throw new VaultError("context-invalid");
      length = encoder.encodeInto(value, bytes.subarray(start)).written;
    }
    writeUint32(bytes, this.#end, length);
    this.#end = start + length;
    return this;
  }

  /** A name: text that may not be empty. */
  name(value: string): this {
    if (value === "") throw new VaultError("context-invalid");
    return this.text(value);
  }

  whole(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new VaultError("context-invalid");
    this.#room(12);
    writeUint32(this.#bytes, this.#end, 8);
    writeUint32(this.#bytes, this.#end + 4, Math.floor(value / 0x1_0000_0000));
    writeUint32(this.#bytes, this.#end + 8, value);
    this.#end += 12;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#room(4 + value.length);
    writeUint32(this.#bytes, this.#end, value.length);
    this.#bytes.set(value, this.#end + 4);
    this.#end += 4 + value.length;
    return this;
  }

  /** The binding, with {@link bindingReserve} free bytes at its front. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#end + more) * 2);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

/** The associated data of a sealed value, in the order that docs/security.md names. */
export function bindContext(country: string, context: SealContext): Uint8Array {
  return new BindingWriter()
    .name(country)
    .name(context.tenant)
    .name(context.table)
    .name(context.column)
    .name(context.rowId)
    .name(context.subject)
    .whole(context.schemaVersion)
    .whole(context.rowVersion)
    .done();
}
