import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { localeFiles } from "@yizhan/locale/files";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const files = localeFiles(join(root, "locales"));

/** Codes that the station's own code and the HTTP parts under it answer with. */
const codes = new Set(
  ["apps/station/src", "packages/http/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .flatMap((name) => [...readFileSync(join(root, folder, name), "utf8").matchAll(/new Problem\(\s*\d{3},\s*"([a-z-]+)"/g)])
      .map(([, code = ""]) => code),
  ),
);

test("the codes are found where they are written", () => {
  for (const code of ["code-needed", "session-blocked", "conflict"]) expect(codes).toContain(code);
});

test.each(["en", "zh", "pt", "fr"])("every error that the station answers with has its sentence in %s", (tag) => {
  const sentences = files.load(tag, "errors") ?? {};
  expect([...codes].filter((code) => sentences[code] === undefined)).toEqual([]);
});
