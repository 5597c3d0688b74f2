import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collect, type Exchange, fromCsv, fromXliff, importTexts, lint, openProject, toCsv, toXliff } from "./index.ts";

const all = openProject(resolve(import.meta.dirname, "../../../../locales"));
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "yizhan-exchange-"));
  for (const tag of ["en", "ar", "ru", "zh"]) cpSync(join(all.directory, tag), join(directory, tag), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

const snapshot = () =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "utf8")]),
  );

describe("a round trip is exact", () => {
  test("for every text of every language, as CSV and as XLIFF", async () => {
    for (const tag of all.tags.filter((tag) => tag !== "en")) {
      const given = collect(all, tag);
      expect(fromCsv(toCsv(given))).toEqual(given);
      expect(await fromXliff(await toXliff(given))).toEqual(given);
    }
  });

  test("for quotes, lines, markup and spaces at the ends", async () => {
    const target = ' "a", <b> &amp; ]]>\n  {n, plural, other {#}}; \u200Fא ';
    const given: Exchange = { tag: "he", units: [{ namespace: "care", key: "a.b-c", source: target, target }] };
    expect(fromCsv(toCsv(given))).toEqual(given);
    expect(await fromXliff(await toXliff(given))).toEqual(given);
  });

  test("and importing what was exported changes no file", async () => {
    const before = snapshot();
    const project = openProject(directory);
    expect(importTexts(project, await fromXliff(await toXliff(collect(project, "ar"))))).toMatchObject({
      changed: 0,
      reviewed: 0,
    });
    expect(snapshot()).toEqual(before);
  });
});

const take = (tag: string, change: Readonly<Record<string, string>>): Exchange => {
  const { units } = collect(openProject(directory), tag, ["care"]);
  return { tag, units: units.map((unit) => ({ ...unit, target: change[unit.key] ?? unit.target })) };
};
const mark = { by: "Anna Petrova", on: "2026-11-20" };

describe("an import", () => {
  test("writes what changed, marks it reviewed, and makes it a draft when it changes again", () => {
    const done = importTexts(openProject(directory), take("ru", { yes: "Ага" }), mark);
    expect(done.changed).toBe(1);
    const after = openProject(directory);
    expect(after.texts("ru", "care")).toMatchObject({ yes: "Ага" });
    expect(after.review("ru")["care"]?.["no"]).toEqual(mark);
    importTexts(after, take("ru", { no: "Не" }));
    const again = openProject(directory).review("ru")["care"];
    expect(again?.["yes"]).toEqual(mark);
    expect(again?.["no"]).toBeUndefined();
  });

  test("begins a language that has no folder", () => {
    const { units } = collect(openProject(directory), "ky", ["care"]);
    const first: Exchange = { tag: "ky", units: units.map((unit) => (unit.key === "yes" ? { ...unit, target: "Ооба" } : unit)) };
    expect(importTexts(openProject(directory), first)).toMatchObject({ changed: 1 });
    expect(openProject(directory).texts("ky", "care")).toEqual({ yes: "Ооба" });
  });

  test.each([
    ["a changed placeholder", "placeholder", { step: "Шаг {step} из {всего}" }],
    ["an ICU error", "message", { step: "Шаг {step} из {steps" }],
    ["a hidden right-to-left override", "hidden-character", { yes: "Да\u202E" }],
  ])("refuses %s with place and reason, and writes nothing", (_what, rule, change) => {
    const before = snapshot();
    const { faults, changed } = importTexts(openProject(directory), take("ru", { no: "Не", ...change }), mark);
    expect(faults).toContainEqual(
      expect.objectContaining({
        severity: "error",
        rule,
        file: "locales/ru/care.json",
        key: Object.keys(change)[0],
        reason: expect.any(String),
      }),
    );
    expect(changed).toBe(0);
    expect(snapshot()).toEqual(before);
  });

  test("refuses an unknown key, a changed English text and a key given twice", () => {
    const before = snapshot();
    const unit = { namespace: "care", key: "yes", source: "Yes", target: "Да" };
    const units = [
      { ...unit, key: "__proto__" },
      { ...unit, source: "Yeah" },
      { ...unit, key: "no", source: "No" },
      { ...unit, key: "no", source: "No" },
    ];
    const { faults } = importTexts(openProject(directory), { tag: "ru", units });
    expect(faults.map((fault) => fault.rule)).toEqual(["unknown-key", "source-changed", "duplicate-key"]);
    expect(snapshot()).toEqual(before);
  });

  test("refuses a tag that would leave the folder, and English", () => {
    for (const tag of ["../up", "en", "pt_BR"]) {
      expect(() => importTexts(openProject(directory), { tag, units: [] })).toThrow(
        expect.objectContaining({ code: "tag-invalid" }),
      );
    }
  });
});

describe("a file that is not what was exported is refused", () => {
  test.each([
    ["no XLIFF", "<xliff><file"],
    ["XLIFF that is cut", '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="ru">'],
    ["words", "hello"],
  ])("%s", async (_what, text) => {
    await expect(fromXliff(text)).rejects.toThrow(expect.objectContaining({ code: "exchange-invalid" }));
  });

  test("XLIFF with a unit twice, or with markup in it", async () => {
    const text = await toXliff(take("ru", {}));
    const unit = text.slice(text.indexOf("<unit"), text.indexOf("</unit>") + 7);
    await expect(fromXliff(text.replace(unit, unit + unit))).rejects.toThrow("a unit stands twice");
    await expect(fromXliff(text.replace("<target>", '<target><ph id="1"/>'))).rejects.toThrow("holds markup");
  });

  test.each([["namespace,key,en\n"], ["a,b,c,d\n"], ['namespace,key,en,ru\n"open'], ["namespace,key,en,ru\na,b\n"]])(
    "CSV %j",
    (text) => {
      expect(() => fromCsv(text)).toThrow(expect.objectContaining({ code: "exchange-invalid" }));
    },
  );
});

test("what an import lets through, lint lets through", () => {
  importTexts(openProject(directory), take("zh", { yes: "是的" }), mark);
  expect(lint(openProject(directory), ["zh"]).filter((fault) => fault.severity === "error")).toEqual([]);
});
