import { expect, it } from "vitest";
import { keyBytes } from "../bytes.ts";
import type { KeyBytes } from "../types.ts";
import { openRootFile, sealRootFile } from "./root-file.ts";

const root = keyBytes(new Uint8Array(32).fill(7));
const place = { country: "MZ", purpose: "key-store" };
const text = new Uint8Array(100_000).map((_, at) => at % 251);

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
const opened = (sealed: Uint8Array, key: KeyBytes = root, at = place) => all(openRootFile(key, at, [sealed]));

it("a file sealed under the root opens with it, at its place, whole, and in no other way", async () => {
  const sealed = await all(sealRootFile(root, place, [text]));
  expect(new Uint8Array(await opened(sealed))).toEqual(text);
  await expect(opened(sealed, keyBytes(new Uint8Array(32).fill(8)))).rejects.toMatchObject({ code: "wrong-root" });
  await expect(opened(sealed, root, { ...place, country: "AO" })).rejects.toMatchObject({ code: "sealed-mismatch" });
  await expect(opened(sealed, root, { ...place, purpose: "tombstones" })).rejects.toMatchObject({ code: "sealed-mismatch" });
  await expect(opened(sealed.subarray(0, -20_000))).rejects.toMatchObject({ code: "file-truncated" });
  for (const at of [40, 70_000]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(opened(changed)).rejects.toMatchObject({ code: at === 40 ? "sealed-mismatch" : "sealed-tampered" });
  }
  expect(await all(sealRootFile(root, place, [text]))).not.toEqual(sealed);
});
