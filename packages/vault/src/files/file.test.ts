import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { describe, expect, test } from "vitest";
import { bindContext } from "../binding.ts";
import { keyBytes } from "../bytes.ts";
import { newFileKey } from "./chunk.ts";
import { sealFile } from "./seal-file.ts";
import { makeRoot, memoryKeyStore, openVault, type SealContext, type SealedFileSource, type SubjectSealer } from "../index.ts";

const chunk = 65_536;
const place: SealContext = {
  tenant: "clinic",
  table: "binary",
  column: "content",
  rowId: "1",
  subject: "p",
  schemaVersion: 1,
  rowVersion: 1,
};
const refused = (code: string): object => expect.objectContaining({ code }) as object;

async function sealer(): Promise<SubjectSealer> {
  const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
  return vault.subject("p", { create: true });
}

function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return new Uint8Array(Buffer.concat(all));
}

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function source(bytes: Uint8Array): SealedFileSource {
  return { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) };
}

describe("a sealed file", () => {
  test.each([0, 1, 63, 64, 1000, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 17])(
    "of %d bytes opens whole",
    async (length) => {
      const sealing = await sealer();
      const text = sample(length);
      for (const size of [chunk, 7001]) {
        const sealed = await gather(sealing.sealFile(place, pieces(text, size)));
        expect(Buffer.compare(await gather(sealing.openFile(place, pieces(sealed, size))), text)).toBe(0);
        const opened = await sealing.openFileAt(place, source(sealed));
        expect(opened.size).toBe(length);
        expect(Buffer.compare(await gather(opened.read(0, length)), text)).toBe(0);
      }
    },
  );

  test("can be read from any place", async () => {
    const sealing = await sealer();
    const text = sample(3 * chunk + 500);
    const opened = await sealing.openFileAt(place, source(await gather(sealing.sealFile(place, [text]))));
    const ranges = [
      [0, 1],
      [chunk - 1, chunk + 1],
      [5, 3 * chunk],
      [3 * chunk + 499, 3 * chunk + 500],
      [9, 9],
    ] as const;
    for (const [start, end] of ranges) {
      expect(Buffer.compare(await gather(opened.read(start, end)), text.subarray(start, end))).toBe(0);
    }
    await expect(gather(opened.read(0, text.length + 1))).rejects.toEqual(refused("range-invalid"));
    await expect(gather(opened.read(5, 4))).rejects.toEqual(refused("range-invalid"));
  });

  test("cut anywhere never opens as if it were whole", async () => {
    const sealing = await sealer();
    const sealed = await gather(sealing.sealFile(place, [sample(2 * chunk + 100)]));
    const cuts = [0, 10, 64, 70, 64 + chunk + 15, 64 + chunk + 16, 64 + 2 * (chunk + 16), sealed.length - 1];
    for (const cut of cuts) {
      const shorter = sealed.subarray(0, cut);
      await expect(gather(sealing.openFile(place, [shorter]))).rejects.toEqual(refused("file-truncated"));
      await expect(sealing.openFileAt(place, source(shorter))).rejects.toEqual(refused("file-truncated"));
    }
  });

  test("with chunks exchanged, repeated, changed, appended or moved to another place is refused", async () => {
    const sealing = await sealer();
    const sealed = await gather(sealing.sealFile(place, [sample(3 * chunk)]));
    const at = (index: number): Uint8Array => sealed.subarray(64 + index * (chunk + 16), 64 + (index + 1) * (chunk + 16));
    const head = sealed.subarray(0, 64);
    const exchanged = [head, at(1), at(0), at(2), at(3)];
    const repeated = [head, at(0), at(0), at(1), at(2), at(3)];
    const changed = [sealed.with(70_000, (sealed[70_000] ?? 0) ^ 1)];
    for (const wrong of [exchanged, repeated, changed]) {
      await expect(gather(sealing.openFile(place, wrong))).rejects.toEqual(refused("sealed-tampered"));
    }
    await expect(gather(sealing.openFile(place, [sealed, new Uint8Array(8)]))).rejects.toEqual(refused("file-truncated"));
    await expect(gather(sealing.openFile({ ...place, rowId: "2" }, [sealed]))).rejects.toEqual(refused("sealed-mismatch"));
    const string: unknown = ["text"];
    await expect(gather(sealing.sealFile(place, string as Uint8Array[]))).rejects.toEqual(refused("not-bytes"));
  });

  test("with any bit of its header flipped is refused", async () => {
    const sealing = await sealer();
    const sealed = await gather(sealing.sealFile(place, [sample(10)]));
    for (let bit = 0; bit < 64 * 8; bit += 1) {
      const flipped = sealed.with(bit >> 3, (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      await expect(gather(sealing.openFile(place, [flipped]))).rejects.toThrow();
    }
  });

  test("is not sealed with a key that was destroyed before the first byte came", async () => {
    const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
    const sealing = await vault.subject("p", { create: true });
    const begun = sealing.sealFile(place, [sample(10)]);
    const opened = await gather(sealing.sealFile(place, [sample(10)]));
    await vault.forget("p");
    const late = await gather(begun);
    expect(late.subarray(32, 64)).not.toEqual(opened.subarray(32, 64));
    expect(() => sealing.sealFile(place, [sample(10)])).toThrow(refused("subject-forgotten"));
    await expect(gather(sealing.openFile(place, [opened]))).rejects.toEqual(refused("subject-forgotten"));
  });
});

test("a sealed file is what an independent implementation of its description gives", async () => {
  const key = Uint8Array.from({ length: 32 }, (_, at) => at);
  const salt = Uint8Array.from({ length: 24 }, (_, at) => 255 - at);
  const text = sample(chunk + 200);
  const binding = bindContext("MZ", place);
  const ours = await gather(sealFile(newFileKey(9, keyBytes(key), binding.slice(), salt), [text]));

  const start = Buffer.concat([Buffer.from([0x46, 1, 2, 0, 0, 0, 0, 9]), salt]);
  const derived = blake2b(Buffer.concat([start, binding.subarray(32)]), { key, dkLen: 64 });
  const seal = (position: number, last: number, part: Uint8Array): Uint8Array =>
    chacha20poly1305(derived.subarray(0, 32), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, position, 0, 0, 0, last)).encrypt(part);
  const rest = new Uint8Array(256);
  rest.set(text.subarray(chunk));
  rest[200] = 0x80;
  const theirs = Buffer.concat([start, derived.subarray(32), seal(0, 0, text.subarray(0, chunk)), seal(1, 1, rest)]);
  expect(Buffer.compare(ours, theirs)).toBe(0);
});
