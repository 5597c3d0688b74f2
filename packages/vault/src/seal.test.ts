import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindContext } from "./binding.ts";
import { makeRoot, memoryKeyStore, openVault, type SealContext, VaultError } from "./index.ts";
import { keyBytes } from "./bytes.ts";
import { algorithms, magics, openText, sealText } from "./seal.ts";
import { sodium } from "./sodium.ts";
import frozen from "./vectors/sealed-value.json" with { type: "json" };

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const whole = fc.nat();
const contexts: fc.Arbitrary<SealContext> = fc.record({
  tenant: words,
  table: words,
  column: words,
  rowId: words,
  subject: words.filter((subject) => !subject.startsWith("#")),
  schemaVersion: whole,
  rowVersion: fc.maxSafeNat(),
});
const texts = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 20_000, size: "max" }));
const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const salts = fc.uint8Array({ minLength: 24, maxLength: 24 });

/** The format written a second time from its description alone, with another library. */
const oracle = {
  binding(country: string, context: SealContext): Buffer {
    const field = (value: string): Buffer[] => {
      const bytes = Buffer.from(value, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    };
    const number = (value: number): Buffer => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt32BE(8);
      bytes.writeBigUInt64BE(BigInt(value), 4);
      return bytes;
    };
    const { tenant, table, column, rowId, subject, schemaVersion, rowVersion } = context;
    const names = [country, tenant, table, column, rowId, subject].flatMap(field);
    return Buffer.concat([...names, number(schemaVersion), number(rowVersion)]);
  },
  seal(country: string, context: SealContext, key: Uint8Array, version: number, salt: Uint8Array, text: Uint8Array): Buffer {
    const header = Buffer.from([0x59, 1, 1, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(version, 4);
    const associated = Buffer.concat([header, salt, oracle.binding(country, context)]);
    const derived = blake2b(associated, { key, dkLen: 64 });
    const length = [0, 1, 2, 3, 4, 5, 6].map((power) => 64 * 4 ** power).find((size) => size > text.length) ?? 0;
    const padded = Buffer.concat([text, Buffer.from([0x80]), Buffer.alloc(length - text.length - 1)]);
    const ciphertext = xchacha20poly1305(derived.subarray(0, 32), salt, associated).encrypt(padded);
    return Buffer.concat([header, salt, derived.subarray(32), ciphertext]);
  },
};

function sealed(context: SealContext, key: Uint8Array, version: number, salt: Uint8Array, text: Uint8Array): Uint8Array {
  const header = { magic: magics.value, algorithm: algorithms.xchacha20poly1305, flags: 0, keyVersion: version };
  return sealText(header, keyBytes(key), bindContext("MZ", context), text, salt);
}

describe("the sealed form", () => {
  test("is what an independent implementation of its description gives, and opens what that sealed", () => {
    const version = fc.nat({ max: 0xffff_ffff });
    fc.assert(
      fc.property(contexts, key32, version, salts, texts, (context, key, number, salt, text) => {
        const theirs = oracle.seal("MZ", context, key, number, salt, text);
        expect(Buffer.compare(sealed(context, key, number, salt, text), theirs)).toBe(0);
        const opened = openText(keyBytes(key), bindContext("MZ", context), new Uint8Array(theirs));
        expect(Buffer.compare(opened, text)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test(`never changes: ${frozen.source}`, () => {
    const { key, salt, context, keyVersion, text } = frozen;
    const hex = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, "hex"));
    const result = sealed(context, hex(key), keyVersion, hex(salt), new TextEncoder().encode(text));
    expect(Buffer.from(result).toString("hex")).toBe(frozen.sealed);
  });
});

describe("a value sealed through the vault", () => {
  const opened = openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });

  test("opens in its own place, with 80 bytes over its padded text, and in no other", async () => {
    const vault = await opened;
    await fc.assert(
      fc.asyncProperty(contexts, contexts, texts, async (context, elsewhere, text) => {
        const sealer = await vault.subject(context.subject, { create: true });
        const value = sealer.seal(context, text);
        expect(Buffer.compare(sealer.open(context, value), text)).toBe(0);
        expect(Math.log2((value.length - 80) / 64) % 2).toBe(0);
        expect(value.length - 80).toBeGreaterThan(text.length);
        const fields = Object.keys(context) as (keyof SealContext)[];
        for (const field of fields.filter((name) => name !== "subject" && context[name] !== elsewhere[name])) {
          expect(() => sealer.open({ ...context, [field]: elsewhere[field] }, value)).toThrow(VaultError);
        }
        if (elsewhere.subject === context.subject) return;
        const other = await vault.subject(elsewhere.subject, { create: true });
        expect(() => other.open({ ...context, subject: other.subject }, value)).toThrow(VaultError);
      }),
      { numRuns: 100 },
    );
  });

  test("does not open with any of its bits flipped, and says which kind of wrong it is without its text", async () => {
    const sealer = await (await opened).subject("p", { create: true });
    const context: SealContext = {
      tenant: "t",
      table: "r",
      column: "c",
      rowId: "1",
      subject: "p",
      schemaVersion: 1,
      rowVersion: 1,
    };
    const sentinel = "SENTINEL-HIV-POSITIVE";
    const value = sealer.seal(context, new TextEncoder().encode(sentinel));
    const codes = new Map<string, Set<string>>();
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const flipped = value.with(bit >> 3, (value[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      const error = refusalOf(() => sealer.open(context, flipped));
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain("SENTINEL");
      expect(error.cause).toBeUndefined();
      const part = ["magic", "version", "algorithm", "flags"][bit >> 3] ?? (bit < 64 ? "key" : bit < 512 ? "salt" : "text");
      codes.set(part, (codes.get(part) ?? new Set()).add(error.code));
    }
    expect(Object.fromEntries([...codes].map(([part, found]) => [part, [...found]]))).toEqual({
      magic: ["sealed-malformed"],
      version: ["sealed-version-unknown"],
      algorithm: ["sealed-version-unknown"],
      flags: ["sealed-version-unknown"],
      key: ["key-version-unknown"],
      salt: ["sealed-mismatch"],
      text: ["sealed-tampered"],
    });
  });

  test("cut or lengthened anywhere does not open", async () => {
    const sealer = await (await opened).subject("p", { create: true });
    const context: SealContext = {
      tenant: "t",
      table: "r",
      column: "c",
      rowId: "1",
      subject: "p",
      schemaVersion: 1,
      rowVersion: 1,
    };
    const value = sealer.seal(context, new Uint8Array(300));
    for (let length = 0; length < value.length; length += 1) {
      expect(() => sealer.open(context, value.subarray(0, length))).toThrow(VaultError);
    }
    expect(() => sealer.open(context, new Uint8Array([...value, 0]))).toThrow(VaultError);
  });

  test("is sealed and opened alike after a large one made libsodium's memory grow", async () => {
    const sealer = await (await opened).subject("p", { create: true });
    const context: SealContext = {
      tenant: "t",
      table: "r",
      column: "c",
      rowId: "1",
      subject: "p",
      schemaVersion: 1,
      rowVersion: 1,
    };
    const small = sealer.seal(context, new Uint8Array(300).fill(7));
    const large = new Uint8Array(16 * 1024 * 1024 - 1).fill(9);
    expect(Buffer.compare(sealer.open(context, sealer.seal(context, large)), large)).toBe(0);
    expect(sealer.open(context, small)).toEqual(new Uint8Array(300).fill(7));
    expect(sealer.open(context, sealer.seal(context, new Uint8Array(5)))).toEqual(new Uint8Array(5));
  });

  test("does not leave its text in libsodium's memory", async () => {
    const { libsodium } = sodium as unknown as { libsodium: { HEAPU8: Uint8Array } };
    const sentinel = Buffer.from("a sentence that stands nowhere else 8c1f");
    // Freeing memory overwrites its first bytes, which must not hide what stands behind them.
    const text = new Uint8Array(Buffer.concat([Buffer.alloc(64, 1), sentinel]));
    const held = (): boolean => Buffer.from(libsodium.HEAPU8.buffer).includes(sentinel);
    // The control: an ordinary call leaves its input behind, until another of its size comes along.
    sodium.crypto_generichash(32, text, null);
    expect(held()).toBe(true);
    sodium.crypto_generichash(32, new Uint8Array(text.length), null);
    const sealer = await (await opened).subject("p", { create: true });
    const context: SealContext = {
      tenant: "t",
      table: "r",
      column: "c",
      rowId: "1",
      subject: "p",
      schemaVersion: 1,
      rowVersion: 1,
    };
    expect(held()).toBe(false);
    expect(sealer.open(context, sealer.seal(context, text))).toEqual(text);
    expect(held()).toBe(false);
  });

  test("needs a whole, well-formed place and a size that fits", async () => {
    const sealer = await (await opened).subject("p", { create: true });
    const context: SealContext = {
      tenant: "t",
      table: "r",
      column: "c",
      rowId: "1",
      subject: "p",
      schemaVersion: 1,
      rowVersion: 1,
    };
    const invalid: Partial<SealContext>[] = [
      { rowId: "" },
      { tenant: "\ud800" },
      { rowVersion: -1 },
      { rowVersion: 1.5 },
      { schemaVersion: Number.NaN },
    ];
    for (const change of invalid) {
      expect(refusalOf(() => sealer.seal({ ...context, ...change }, new Uint8Array(1))).code).toBe("context-invalid");
    }
    expect(refusalOf(() => sealer.seal(context, new Uint8Array(16 * 1024 * 1024))).code).toBe("value-too-large");
  });
});

function refusalOf(act: () => unknown): VaultError {
  try {
    act();
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}
