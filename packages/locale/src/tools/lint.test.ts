import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { lint, openProject, picture, status } from "./index.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function project(files: Readonly<Record<string, string | object>>) {
  const folder = mkdtempSync(join(tmpdir(), "yizhan-locales-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return openProject(folder);
}

const care = {
  hello: "Hello, my friend",
  step: "Step {step} of {steps}",
  days: "2 to 7 days",
  cases: "{count, plural, one {# case} other {# cases}}",
};

test("the locales of this repository have no error", () => {
  const faults = lint(openProject(resolve(import.meta.dirname, "../../../../locales")));
  expect(faults.filter((fault) => fault.severity === "error")).toEqual([]);
});

describe("a good translation", () => {
  test.each([
    ["ky", { hello: "Салам, досум", step: "{step}-кадам, баары {steps}", days: "2–7 күн", cases: "{count} учур" }],
    ["fa", { hello: "سلام دوست من", step: "گام {step} از {steps}", days: "۲ تا ۷ روز", cases: "{count} پرونده" }],
    ["uz", { hello: "Salom, doʻstim", step: "{steps} dan {step}", days: "2–7 kun", cases: "{count} ta ish" }],
    [
      "fr",
      {
        hello: "Bonjour, mon ami",
        step: "Étape {step} sur {steps}",
        days: "2 à 7 jours",
        cases: "{count, plural, one {# cas} other {# cas}}",
      },
    ],
  ])("in %s passes", (tag, texts) => {
    expect(lint(project({ "en/care.json": care, [`${tag}/care.json`]: texts }))).toEqual([]);
  });
});

const good = { hello: "Привет, мой друг", step: "Шаг {step} из {steps}", days: "2–7 дней", cases: "Дел: {count}" };

describe("a fault is found with file, key and reason", () => {
  test.each([
    ["placeholder", "step", "Шаг {шаг} из {steps}", "{step} is missing"],
    ["message", "step", "Шаг {step из {steps}", "not an ICU message"],
    ["plural", "cases", "{count, plural, one {# дело} other {# дел}}", "lacks the form “few”"],
    ["plural", "cases", "{count, plural, zero {нет} one {#} few {#} many {#} other {#}}", "has the form “zero”"],
    ["script", "hello", "Привет, мoй друг", "mixes Latin letters"],
    ["script", "hello", "Privet, moy drug", "Nothing in it"],
    ["script", "hello", "Привет, 朋友", "not of the script Cyrl"],
    ["untranslated", "hello", "Hello, my friend", "the English text"],
    ["untranslated", "hello", " ", "empty"],
    ["number", "days", "2–8 дней", "2 8"],
    ["hidden-character", "hello", "Привет,\u202E мой друг", "U+202E"],
    ["hidden-character", "hello", "Привет,\u0007 мой друг", "U+0007"],
    ["length", "days", `2–7 ${"дней ".repeat(8)}`, "may not fit"],
  ])("%s in %s: %s", (rule, key, text, reason) => {
    const faults = lint(project({ "en/care.json": care, "ru/care.json": { ...good, [key]: text } }));
    expect(faults).toContainEqual(
      expect.objectContaining({ rule, key, file: "locales/ru/care.json", reason: expect.stringContaining(reason) }),
    );
  });

  test("keys that are missing, unknown or twice; a file that is none", () => {
    const { hello, ...rest } = good;
    const files = {
      "en/care.json": care,
      "en/desk.json": {},
      "ru/care.json": `{"hello": "${hello}", ${JSON.stringify({ ...rest, more: "ещё" }).slice(1)}`.replace('"more"', '"hello"'),
      "kk/care.json": { hello: "Сәлем, досым", extra: "артық" },
      "zh/care.json": "\uFEFF{}",
      "zh/desk.json": "{",
    };
    expect(lint(project(files)).map(({ file, rule, key }) => `${file} ${rule} ${key ?? ""}`.trim())).toEqual([
      "locales/ru/care.json duplicate-key hello",
      "locales/zh/care.json file",
      "locales/zh/desk.json file",
      "locales/kk/care.json missing-key step",
      "locales/kk/care.json missing-key days",
      "locales/kk/care.json missing-key cases",
      "locales/kk/care.json unknown-key extra",
    ]);
  });

  test("a text that patients need is an error when it is missing; another is a warning", () => {
    const faults = lint(
      project({
        "en/errors.json": { network: "No connection.", internal: "It broke." },
        "en/desk.json": { title: "Desk", next: "Next" },
        "ky/errors.json": { network: "Байланыш жок." },
        "ky/desk.json": { title: "Стол" },
      }),
    );
    expect(faults.map(({ severity, rule, key }) => `${severity} ${rule} ${key ?? ""}`).sort()).toEqual([
      "error missing-key internal",
      "warning missing-key next",
    ]);
  });

  test("a sentence shared by languages that are not related", () => {
    const files = {
      "en/care.json": { hello: care.hello },
      "mn/care.json": { hello: good.hello },
      "ru/care.json": { hello: good.hello },
      "be/care.json": { hello: good.hello },
    };
    expect(lint(project(files)).map((fault) => `${fault.file} ${fault.reason}`)).toEqual([
      "locales/mn/care.json It is the same text as in be.",
      "locales/ru/care.json It is the same text as in mn.",
    ]);
  });

  test("each way to say a clinical phrase is judged by itself", () => {
    const files = { "en/clinical.json": { pain: "It is {n} of 10." }, "kk/clinical.json": { pain: "10-нан {n}. | {n} / 10." } };
    expect(lint(project(files))).toEqual([]);
    const wrong = { ...files, "kk/clinical.json": { pain: "10-нан {n}. | Ауырады." } };
    expect(lint(project(wrong)).map((fault) => fault.rule)).toEqual(["placeholder", "number"]);
  });
});

test("status counts what is translated and reviewed, and draws it", () => {
  const files = {
    "en/care.json": care,
    "ru/care.json": { hello: good.hello, days: good.days },
    "ru/review.json": { care: { hello: { by: "Anna", on: "2026-11-20" } } },
  };
  const counted = status(project(files));
  expect(counted).toEqual([{ tag: "ru", namespaces: [{ namespace: "care", total: 4, translated: 2, reviewed: 1 }] }]);
  const drawn = picture(counted, { title: "Texts & languages", reviewed: "reviewed", draft: "draft", missing: "missing" });
  expect(drawn).toContain("<title>Texts &amp; languages</title>");
  expect(drawn).toMatch(/Русский.*\n?.*width="60".*width="30".*width="15".*50%/);
});
