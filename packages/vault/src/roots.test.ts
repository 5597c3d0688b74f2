import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { expect, test } from "vitest";
import { makeRoot, memoryKeyStore, openVault, rootId, type SealContext } from "./index.ts";

const text = new TextEncoder().encode("febre");
const place: SealContext = { tenant: "t", table: "r", column: "c", rowId: "1", subject: "p", schemaVersion: 1, rowVersion: 1 };
const padded = (label: string): Uint8Array => new Uint8Array(16).fill(0).map((_, at) => label.charCodeAt(at) || 0);

function fields(...values: (string | number)[]): Buffer {
  const parts = values.flatMap((value) => {
    const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.alloc(8);
    if (typeof value === "number") bytes.writeBigUInt64BE(BigInt(value));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}

/** Opens a sealed value from the description of the format alone. */
function openWith(key: Uint8Array, sealed: Uint8Array, binding: Buffer): Uint8Array {
  const associated = Buffer.concat([sealed.subarray(0, 32), binding]);
  const derived = blake2b(associated, { key, dkLen: 64 });
  expect(Buffer.compare(derived.subarray(32), sealed.subarray(32, 64))).toBe(0);
  return xchacha20poly1305(derived.subarray(0, 32), sealed.subarray(8, 32), associated).decrypt(sealed.subarray(64));
}

test("with the root, the key store and docs/security.md, records can be opened without this software", async () => {
  const root = makeRoot();
  const keyStore = memoryKeyStore();
  const vault = await openVault({ country: "MZ", root, keyStore });
  const sealed = (await vault.subject("p", { create: true })).seal(place, text);
  const [wrapped] = await keyStore.get("p");
  if (wrapped === undefined) throw new Error("There is no key.");

  // crypto_kdf_derive_from_key: BLAKE2b with the key's number (1) as salt and the context as personalisation.
  const purpose = blake2b(new Uint8Array(0), {
    key: root,
    dkLen: 32,
    salt: new Uint8Array(16).with(0, 1),
    personalization: padded("yzwrap__"),
  });
  const payload = openWith(purpose, wrapped.wrapped, fields("key", "MZ", "p", 1));
  expect(payload).toHaveLength(64);
  expect(Buffer.from(wrapped.wrapped).readUInt32BE(4)).toBe(rootId(root));

  const value = openWith(payload.subarray(0, 32), sealed, fields("MZ", "t", "r", "c", "1", "p", 1, 1));
  expect(value).toHaveLength(64);
  expect(value.subarray(0, text.length)).toEqual(text);
  expect(value[text.length]).toBe(0x80);
});
