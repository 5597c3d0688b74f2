import { expect, test } from "vitest";
import { dateTerms, indexBits, type IndexSpec, makeRoot, memoryKeyStore, nameTerms, normaliseTerm, openVault } from "./index.ts";

test.each([
  ["João  Mañana", "joao manana"],
  ["STRAẞE", "strasse"],
  ["ΟΔΥΣΣΕΎΣ", "οδυσσευσ"],
  ["Ёлкин", "елкин"],
  [
    "أَحْمَد",
    "أحمد"
      .normalize("NFKC")
      .normalize("NFD")
      .replace(/\p{Mn}/gu, ""),
  ],
  ["محـــمد", "محمد"],
  ["ＷＡＮＧ", "wang"],
  ["Nguyễn Thị", "nguyen thi"],
])("%s is searched for as %s", (typed, expected) => {
  expect(normaliseTerm(typed)).toBe(expected);
});

test("marks that make the word stay: Khmer, Ethiopic, Devanagari", () => {
  expect(normaliseTerm("សុខា")).toBe("សុខា");
  expect(normaliseTerm("ሰላም")).not.toBe(normaliseTerm("ሰላሜ"));
  expect(normaliseTerm("कि")).not.toBe(normaliseTerm("क"));
});

test("a name gives a term for each word and each word's first three letters, as readers count them", () => {
  expect(nameTerms("María-José da Silva, O'Brien")).toEqual({
    words: ["maria", "jose", "da", "silva", "o", "brien"],
    prefixes: ["mar", "jos", "da", "sil", "o", "bri"],
  });
  expect(nameTerms("王小明")).toEqual({ words: ["王小明"], prefixes: ["王小明"] });
  expect([...new Intl.Segmenter("und").segment(nameTerms("សុខាភិបាល").prefixes[0] ?? "")]).toHaveLength(3);
  expect(nameTerms(" … ")).toEqual({ words: [], prefixes: [] });
});

test("a date is found by its year and its month", () => {
  expect(dateTerms("1987-04-12")).toEqual(["1987", "1987-04"]);
  expect(dateTerms("1987")).toEqual(["1987"]);
  expect(dateTerms("unknown")).toEqual([]);
});

test("tokens are as long as asked, differ by key, and hide among others at the size that is advised", async () => {
  const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
  const other = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
  const spec: IndexSpec = { tenant: "t", table: "patient", column: "name", index: "word", bits: 11 };
  const token = vault.indexToken(spec, "maria");
  expect(token).toHaveLength(2);
  expect((token[1] ?? 0) & 0b1_1111).toBe(0);
  expect(vault.indexToken({ ...spec, bits: 256 }, "maria")).toHaveLength(32);
  for (const change of [{ tenant: "u" }, { table: "x" }, { column: "x" }, { index: "prefix" }]) {
    expect(vault.indexToken({ ...spec, ...change, bits: 256 }, "maria")).not.toEqual(
      vault.indexToken({ ...spec, bits: 256 }, "maria"),
    );
  }
  expect(other.indexToken({ ...spec, bits: 256 }, "maria")).not.toEqual(vault.indexToken({ ...spec, bits: 256 }, "maria"));
  expect(() => vault.indexToken({ ...spec, bits: 0 }, "maria")).toThrow(expect.objectContaining({ code: "context-invalid" }));
  expect(() => vault.indexToken(spec, "")).toThrow(expect.objectContaining({ code: "context-invalid" }));

  const rows = 10_000;
  const found = new Map<string, number>();
  for (let row = 0; row < rows; row += 1) {
    const name = Buffer.from(vault.indexToken({ ...spec, bits: indexBits(rows) }, `name ${row}`)).toString("hex");
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  const perToken = rows / found.size;
  expect(perToken).toBeGreaterThanOrEqual(2);
  expect(Math.max(...found.values())).toBeLessThanOrEqual(Math.sqrt(rows));
});
