import { describe, expect, test } from "vitest";
import { autonym } from "./autonym.ts";
import { parseCatalogue } from "./catalogue.ts";
import { fallbackChain } from "./chain.ts";
import { direction } from "./direction.ts";
import { fullName } from "./names.ts";
import { pseudo } from "./pseudo.ts";

describe("a file of texts", () => {
  test.each([
    ["a byte order mark", '\uFEFF{"a":"b"}', "file-invalid"],
    ["broken JSON", '{"a":', "file-invalid"],
    ["a list", '["a"]', "file-invalid"],
    ["a nested key", '{"a":{"b":"c"}}', "file-invalid"],
    ["a key given twice", '{"a":"b","a":"c"}', "key-duplicate"],
    ["a brace left open", '{"a":"Hello {name"}', "message-invalid"],
    ["a plural without other", '{"a":"{n, plural, one {x}}"}', "message-invalid"],
    ["a right-to-left override", '{"a":"safe \u202Eevil"}', "control-character"],
  ])("with %s is refused with the place", (_what, text, code) => {
    expect(() => parseCatalogue(text, "locales/xx/care.json")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining("locales/xx/care.json"), remedy: expect.any(String) }),
    );
  });

  test("may hold the marks that ordinary writing needs", () => {
    expect(parseCatalogue('{"a":"می\u200Cخواهم","b":"<b> {x} \\"y\\": \\"z\\""}', "x")).toHaveProperty("a");
  });
});

describe("languages", () => {
  test("fall back from region to language, then to a neighbour, then to English", () => {
    expect(fallbackChain("pt-MZ")).toEqual(["pt-MZ", "pt", "en"]);
    expect(fallbackChain("uz-Cyrl-UZ")).toEqual(["uz-Cyrl-UZ", "uz-Cyrl", "ru", "en"]);
    expect(fallbackChain("en")).toEqual(["en"]);
  });

  test("refuse a circle and a tag that is none", () => {
    expect(() => fallbackChain("a1a", {})).toThrow(expect.objectContaining({ code: "tag-invalid" }));
    expect(() => fallbackChain("kk", { kk: "ky", ky: "kk" })).toThrow(expect.objectContaining({ code: "fallback-circular" }));
  });

  test("have a direction and a name of their own", () => {
    expect(["ar", "dv", "ckb", "uz-Arab", "az", "zh"].map(direction)).toEqual(["rtl", "rtl", "rtl", "rtl", "ltr", "ltr"]);
    expect(["pt", "ar", "ru", "zh", "dv"].map(autonym)).toEqual(["Português", "العربية", "Русский", "中文", "ދިވެހި"]);
  });

  test("say names in their order", () => {
    expect(fullName("zh", { given: "建国", family: "王" })).toBe("王建国");
    expect(fullName("hu", { given: "Anna", family: "Nagy" })).toBe("Nagy Anna");
    expect(fullName("pt", { given: "Ana", family: "" })).toBe("Ana");
  });
});

test("a pseudo-locale keeps placeholders and plural forms, and changes every word", () => {
  const made = pseudo({ a: "Hello {name}", b: "{count, plural, one {# case} other {# cases}}" }, "en-XA");
  expect(made["a"]).toMatch(/^[^A-Za-z]+ \{name\}$/);
  expect(made["b"]).toMatch(/\{count, ?plural, ?one ?\{# [^a-z]+\} ?other ?\{# [^a-z]+\}\}/);
});
