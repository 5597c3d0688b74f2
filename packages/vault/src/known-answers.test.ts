import { argon2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { AuditLog, memoryAuditStorage, openNote } from "./index.ts";
import { openChunk } from "./files/chunk.ts";
import { sodium } from "./sodium.ts";
import published from "./vectors/published.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

test(`XChaCha20-Poly1305: ${published.xchacha20poly1305.source}`, () => {
  const { key, nonce, associated, text, sealed } = published.xchacha20poly1305;
  const result = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    bytes(text),
    bytes(associated),
    null,
    bytes(nonce),
    bytes(key),
  );
  expect(hex(result)).toBe(sealed);
});

test(`ChaCha20-Poly1305 is libsodium's and Node's alike: ${published.chacha20poly1305.source}`, () => {
  const { key, nonce, associated, text, sealed } = published.chacha20poly1305;
  const result = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(bytes(text), bytes(associated), null, bytes(nonce), bytes(key));
  expect(hex(result)).toBe(sealed);
  const position = new Uint8Array(12).with(7, 5).with(11, 1);
  const chunk = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(bytes(text), null, null, position, bytes(key));
  expect(hex(openChunk(bytes(key), 5, true, chunk))).toBe(text);
});

test(`keyed BLAKE2b: ${published.blake2bKeyed.source}`, () => {
  const { key, hash } = published.blake2bKeyed;
  expect(hex(sodium.crypto_generichash(64, new Uint8Array(0), bytes(key)))).toBe(hash);
});

test(`argon2id: ${published.argon2id.source}`, () => {
  const tag = argon2Sync("argon2id", {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    memory: 32,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  expect(hex(tag)).toBe(published.argon2id.tag);
});

test(`Merkle roots: ${published.merkle.source}`, async () => {
  const log = new AuditLog("XX.test/audit", memoryAuditStorage());
  for (const [at, leaf] of published.merkle.leaves.entries()) {
    await log.append(bytes(leaf));
    expect(hex((await log.head()).root)).toBe(published.merkle.roots[at]);
  }
});

test(`a signed note: ${published.signedNote.source}`, () => {
  const { name, publicKey, note } = published.signedNote;
  const verifier = { name, publicKey: new Uint8Array(Buffer.from(publicKey, "base64")).subarray(1) };
  expect(openNote(note, [verifier])).toMatch(/problem is\.\n$/);
  const refused = expect.objectContaining({ code: "signature-invalid" });
  expect(() => openNote(note.replace("answer", "Answer"), [verifier])).toThrow(refused);
  expect(() => openNote(note, [{ ...verifier, name: "Neumann" }])).toThrow(refused);
});
