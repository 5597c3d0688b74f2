import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { readConfig } from "./config.ts";

const schema = z.strictObject({ port: z.number().int() });

async function file(text: string, mode = 0o600): Promise<Record<string, string>> {
  const path = join(await mkdtemp(join(tmpdir(), "yizhan-config-")), "config.json");
  await writeFile(path, text);
  await chmod(path, mode);
  return { YIZHAN_CONFIG: path };
}

it("a configuration is read from the file that the environment names", async () => {
  expect(readConfig(schema, await file('{ "port": 1 }'))).toEqual({ port: 1 });
});

it.each([
  ["no file named", async () => ({}), "config-missing"],
  ["no such file", async () => ({ YIZHAN_CONFIG: "/nowhere/x.json" }), "config-missing"],
  ["a file that others can read", () => file('{ "port": 1 }', 0o644), "config-open-to-others"],
  ["a file that is not JSON", () => file("port: 1"), "config-invalid"],
  ["an unknown key", () => file('{ "port": 1, "prot": 2 }'), "config-invalid"],
])("%s is refused", async (_, environment, code) => {
  const given: Record<string, string> = await environment();
  expect(() => readConfig(schema, given)).toThrow(expect.objectContaining({ code }));
});
