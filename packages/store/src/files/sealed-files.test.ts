import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRoot, memoryKeyStore, openVault, type Vault } from "@yizhan/vault";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SealedFiles, sealedFiles } from "./sealed-files.ts";

let directory: string;
let vault: Vault;
let files: SealedFiles;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "yizhan-files-"));
  vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
  files = sealedFiles(vault, directory);
});
afterEach(async () => {
  vault.close();
  await rm(directory, { recursive: true });
});

const subject = "mz:1";
async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}
async function textOf(name: string): Promise<string> {
  const opened = await files.open({ tenant: "mz", subject, name });
  const found: Uint8Array[] = [];
  for await (const piece of opened.read(0, opened.size)) found.push(piece);
  await opened.close();
  return Buffer.concat(found).toString();
}

test("a file outlives the exchange of its key", async () => {
  const { name } = await files.write({ tenant: "mz", subject }, pieces("an X-ray, ", "large"), 100);
  const version = await vault.keys.stage(subject);
  await vault.keys.promote(subject, version);
  expect(await files.reseal("mz", subject)).toBe(1);
  expect(await files.reseal("mz", subject)).toBe(0);
  await vault.keys.retire(subject, 1, async () => false);
  expect(await textOf(name)).toBe("an X-ray, large");
});

test("what breaks or is too long leaves nothing", async () => {
  async function* broken() {
    yield Buffer.from("half");
    throw new Error("cut");
  }
  await expect(files.write({ tenant: "mz", subject }, broken(), 100)).rejects.toThrow("cut");
  await expect(files.write({ tenant: "mz", subject }, pieces("12345"), 4)).rejects.toMatchObject({ code: "too-large" });
  expect((await readdir(directory, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())).toEqual([]);
});

test("parts that a process left are removed, those at work are not; removing all of a subject removes no other's", async () => {
  const { name } = await files.write({ tenant: "mz", subject }, pieces("kept"), 100);
  await files.write({ tenant: "mz", subject: "mz:2" }, pieces("other"), 100);
  const [folder = ""] = await readdir(directory);
  for (const part of ["old.part", "new.part"]) await writeFile(join(directory, folder, part), "x");
  await utimes(join(directory, folder, "old.part"), 0, 0);
  expect(await files.removeParts()).toBe(1);
  await files.removeAll("mz:2");
  expect(await textOf(name)).toBe("kept");
});
