import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { jsonSchemas } from "./json-schema.ts";

const regions = resolve(dirname(fileURLToPath(import.meta.url)), "../../../regions");

it.each(Object.entries(jsonSchemas()))("regions/%s is what the code says (else: yizhan region schema)", async (name, text) => {
  expect(await readFile(join(regions, name), "utf8")).toBe(text);
});
