import { describe, expect, test } from "vitest";
import { compile } from "./catalogue.ts";
import { createLocale } from "./locale.ts";
import type { Catalogue } from "./types.ts";

const texts: Record<string, Record<string, Catalogue>> = {
  en: {
    care: { hello: "Hello", cases: "{count, plural, one {# case} other {# cases}}", who: "Hi {name}", only: "English only" },
    errors: { network: "No connection" },
  },
  ru: {
    care: { hello: "Здравствуйте", cases: "{count, plural, one {# случай} few {# случая} many {# случаев} other {# случая}}" },
  },
  ky: { care: { hello: "Саламатсызбы" } },
  ar: {
    care: {
      hello: "مرحبا",
      cases: "{count, plural, zero {لا حالات} one {حالة} two {حالتان} few {# حالات} many {# حالة} other {# حالة}}",
    },
  },
};
const load = (tag: string, namespace: string) => texts[tag]?.[namespace];
const open = (tag: string, mode: "development" | "production" = "production", region?: string) =>
  createLocale({ tag, namespaces: ["care", "errors"], load, mode, ...(region === undefined ? {} : { region }) });

describe("a locale", () => {
  test("falls back along its chain, says in which language, and counts", async () => {
    const locale = await open("ky");
    expect(locale.chain).toEqual(["ky", "ru", "en"]);
    expect([locale.t("hello"), locale.t("cases", { count: 3 }), locale.t("only")]).toEqual([
      "Саламатсызбы",
      "3 случая",
      "English only",
    ]);
    expect([locale.languageOf("hello"), locale.languageOf("cases"), locale.languageOf("only")]).toEqual(["ky", "ru", "en"]);
    locale.t("only");
    expect(Object.fromEntries(locale.missing)).toEqual({ cases: 1, only: 2 });
  });

  test("treats a missing key as an error in development, and shows the key in production", async () => {
    const development = await open("ky", "development");
    expect(() => development.t("only")).toThrow(expect.objectContaining({ code: "missing-key" }));
    expect((await open("ky")).t("nowhere")).toBe("nowhere");
  });

  test("knows plurals as CLDR does", async () => {
    const [ru, ar] = await Promise.all([open("ru"), open("ar", "production", "EG")]);
    expect([1, 2, 5, 21, 22].map((count) => ru.t("cases", { count }))).toEqual([
      "1 случай",
      "2 случая",
      "5 случаев",
      "21 случай",
      "22 случая",
    ]);
    expect([0, 1, 2, 3, 11].map((count) => ar.t("cases", { count }))).toEqual(["لا حالات", "حالة", "حالتان", "٣ حالات", "١١ حالة"]);
  });

  test("reads texts and syntax trees alike", async () => {
    const trees = await createLocale({
      tag: "en",
      namespaces: ["care"],
      mode: "production",
      load: () => compile({ who: "Hi {name}", cases: "{count, plural, one {# case} other {# cases}}" }, "test"),
    });
    expect([trees.t("who", { name: "Ana <b>" }), trees.t("cases", { count: 1 })]).toEqual(["Hi Ana <b>", "1 case"]);
  });

  test("runs in its direction, with the digits and the calendar of its country", async () => {
    const [fa, th, ar] = await Promise.all([open("fa"), open("th"), open("ar", "production", "EG")]);
    const day = new Date(Date.UTC(2026, 10, 22, 12));
    expect([fa.direction, th.direction]).toEqual(["rtl", "ltr"]);
    expect(fa.date(day, { year: "numeric", timeZone: "UTC" })).toContain("۱۴۰۵");
    expect(th.date(day, { year: "numeric", timeZone: "UTC" })).toContain("2569");
    expect(ar.number(1234)).toBe("١٬٢٣٤");
  });

  test("lists, names and times read as speech", async () => {
    const en = await open("en");
    expect(en.list(["a", "b", "c"])).toBe("a, b, and c");
    expect([en.languageName("pt"), en.countryName("MZ"), en.countryName("hub")]).toEqual(["Portuguese", "Mozambique", "hub"]);
    expect([en.ago(0, 5_000), en.ago(0, 180_000), en.ago(0, 172_800_000)]).toEqual([
      "5 seconds ago",
      "3 minutes ago",
      "2 days ago",
    ]);
  });

  test("fetches a namespace when it is wanted, each once", async () => {
    const asked: string[] = [];
    const locale = await createLocale({
      tag: "en",
      namespaces: ["care"],
      mode: "production",
      load: (tag, namespace) => {
        asked.push(`${tag}/${namespace}`);
        return load(tag, namespace);
      },
    });
    expect(locale.has("network")).toBe(false);
    await locale.add("errors");
    await locale.add("errors");
    expect([locale.t("network"), asked]).toEqual(["No connection", ["en/care", "en/errors"]]);
  });

  test("knows what a person has reviewed", async () => {
    const by = { by: "A. Machava", on: "2026-11-22" };
    const locale = await createLocale({
      tag: "ky",
      namespaces: ["care"],
      load,
      mode: "production",
      review: { care: { hello: by, only: by } },
    });
    expect([locale.reviewed("hello"), locale.reviewed("only")]).toEqual([true, false]);
  });
});
