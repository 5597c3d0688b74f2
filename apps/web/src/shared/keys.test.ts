import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { flagSchema, pinSchema } from "@yizhan/meet";
import { localeFiles } from "@yizhan/locale/files";
import { describe, expect, test } from "vitest";

const files = localeFiles(join(import.meta.dirname, "../../../../locales"));
const namespaces = ["care", "desk", "booth", "fleet", "staff"] as const;
const source = readdirSync(join(import.meta.dirname, ".."), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
  .map((name) => readFileSync(join(import.meta.dirname, "..", name), "utf8"))
  .join("\n");

/** `flag.${code}` → a pattern; only templates that begin with a fixed part name keys. */
const templates = [...source.matchAll(/`((?:[a-z-]+\.)+)?\$\{[^}]+\}(\.[a-z]+)?`/g)]
  .filter(([, before, after]) => before !== undefined || after !== undefined)
  .map(([, before = "", after = ""]) => ({ before, after }));

describe.each(namespaces)("the texts of %s", (namespace) => {
  test("are all used: translators work for readers only", () => {
    const unused = Object.keys(files.load("en", namespace) ?? {}).filter(
      (key) =>
        !source.includes(`"${key}"`) &&
        !templates.some(({ before, after }) => key.startsWith(before) && key.endsWith(after) && key !== before),
    );
    expect(unused).toEqual([]);
  });

  test("are complete in each language that has them, with the same placeholders", () => {
    const english = files.load("en", namespace) ?? {};
    const slots = (text: string) => [...new Set(text.match(/\{\w+(?=[,}])/g))].sort();
    for (const tag of files.tags(namespace)) {
      const texts = files.load(tag, namespace) ?? {};
      expect(Object.keys(texts).filter((key) => english[key] === undefined)).toEqual([]);
      for (const [key, text] of Object.entries(texts))
        expect([tag, key, slots(text)]).toEqual([tag, key, slots(english[key] ?? "")]);
    }
  });
});

test("every flag and every kind of pin has its words", () => {
  const booth = files.load("en", "booth") ?? {};
  for (const code of flagSchema.shape.code.options) expect(booth).toHaveProperty([`flag.${code}`]);
  for (const kind of pinSchema.shape.kind.options) expect(booth).toHaveProperty([`pin.${kind}`]);
});
