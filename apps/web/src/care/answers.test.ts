import { createLocale } from "@yizhan/locale";
import { localeFiles } from "@yizhan/locale/files";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CareLocale, complaintText, consentVersion, noAnswers, toIntake, westernDigits } from "./answers.ts";
import { check, steps } from "./check.ts";

const files = localeFiles(join(import.meta.dirname, "../../../../locales"));
const care = (tag: string): Promise<CareLocale> =>
  createLocale({ tag, namespaces: ["care"], load: files.load, mode: "development" });

const answered = {
  ...noAnswers,
  areas: ["chest", "back"] as const,
  complaint: "  dói  ",
  since: "days" as const,
  sinceWords: "sábado",
  pain: 0,
  allergies: "no" as const,
  medicines: "unknown" as const,
  name: " Ana ",
  agreed: true,
};

describe("what is sent", () => {
  test("is in the worker's language, with the places before the words", async () => {
    expect(toIntake(answered, await care("pt"))).toMatchObject({
      language: "pt",
      name: "Ana",
      complaint: "Peito, respiração e Costas: dói",
      since: "2 a 7 dias, sábado",
      pain: 0,
      allergies: "Sem alergias conhecidas",
      medicines: "Não sei",
      consent: { version: consentVersion, language: "pt", agreed: true },
    });
  });

  test("leaves out what was not answered", async () => {
    expect(Object.keys(toIntake(answered, await care("pt")))).not.toEqual(expect.arrayContaining(["birthYear"]));
    expect(complaintText(noAnswers, await care("en"))).toBe("");
  });

  test("has its numbers in 0–9, whatever the keyboard wrote", () => {
    expect(westernDigits("١٩٦٨ ۱۹۶۸ १९६८ ១៩៦៨ 1968")).toBe("1968 1968 1968 1968 1968");
  });
});

describe("what is asked for", () => {
  test("is nothing more, once every question has an answer", () => {
    for (const step of steps) expect(check(step, answered)).toEqual({});
  });

  test.each([
    ["complaint", { areas: [], complaint: " " }, "complaint"],
    ["since", { since: "", sinceWords: "" }, "since"],
    ["pain", { pain: undefined }, "pain"],
    ["allergies", { allergies: "" }, "allergies"],
    ["medicines", { medicines: "yes", medicinesWords: " " }, "medicinesWords"],
    ["you", { name: " " }, "name"],
    ["you", { birthYear: "1850" }, "birthYear"],
    ["you", { birthYear: "68" }, "birthYear"],
    ["you", { birthYear: "2030" }, "birthYear"],
    ["you", { phone: "call me" }, "phone"],
    ["consent", { agreed: false }, "agreed"],
  ] as const)("%s: %j", (step, part, field) => {
    expect(Object.keys(check(step, { ...answered, ...part }, 2026))).toEqual([field]);
  });

  test("a year and a phone in other digits are good", () => {
    expect(check("you", { ...answered, birthYear: "١٩٦٨", phone: "+٢٥٨ ٨٤ ١٢٣" }, 2026)).toEqual({});
  });
});
