import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesHolding } from "./sentinel.ts";

test("finds a text in every form, wherever it stands in a file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "yizhan-forms-"));
  const text = "Amélia da Conceição";
  const bytes = Buffer.from(text);
  const planted: Record<string, string | Buffer> = {
    utf8: `x${text}`,
    utf16le: Buffer.from(text, "utf16le"),
    utf16be: Buffer.from(text, "utf16le").swap16(),
    hex: bytes.toString("hex"),
    "hex-upper": bytes.toString("hex").toUpperCase(),
    "base64-0": Buffer.concat([bytes, Buffer.from("tail")]).toString("base64"),
    "base64-1": Buffer.concat([Buffer.from("a"), bytes, Buffer.from("tail")]).toString("base64"),
    "base64-2": Buffer.concat([Buffer.from("ab"), bytes]).toString("base64"),
  };
  for (const [name, content] of Object.entries(planted)) await writeFile(join(directory, name), content);
  await writeFile(join(directory, "innocent"), "Amelia");
  expect((await filesHolding(directory, [text])).toSorted()).toEqual(Object.keys(planted).toSorted());
  await rm(directory, { recursive: true });
});
