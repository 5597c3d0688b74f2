import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check, openPhrases } from "./index.ts";

const phrases = openPhrases(fileURLToPath(new URL("../../../locales/", import.meta.url)));
const SEVEN = ["en", "zh", "pt", "es", "fr", "ru", "ar"];

describe("the phrase memory", () => {
  it("has at least 200 phrases with the same keys in seven languages", () => {
    const keys = [...phrases.all("en").keys()];
    expect(keys.length).toBeGreaterThanOrEqual(200);
    for (const language of SEVEN) expect([...phrases.all(language).keys()]).toEqual(keys);
  });

  it("keeps the same slots in every language", () => {
    const slots = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();
    for (const [id, text] of phrases.all("en"))
      for (const language of SEVEN) expect([id, slots(phrases.all(language).get(id) ?? "")]).toEqual([id, slots(text)]);
  });

  it("finds a phrase whatever its case, accents, spacing and punctuation", () => {
    expect(phrases.lookup("where does it  HURT", "en", "pt")?.text).toBe("Onde dói?");
    expect(phrases.lookup("onde doi?", "pt", "zh")).toMatchObject({ id: "pain.where", text: "哪里疼？" });
    expect(phrases.lookup("您有过敏吗", "zh", "ru")?.id).toBe("allergy.ask");
    expect(phrases.lookup("Where does it hurt most when you run?", "en", "pt")).toBeUndefined();
  });

  it("fills slots, in digits or in words", () => {
    expect(phrases.lookup("Take two tablets three times a day for 7 days.", "en", "zh")?.text).toBe(
      "每次2片，每天3次，服用7天。",
    );
    expect(phrases.lookup("Take amoxicillin 500 mg 3 times a day", "en", "ru")?.text).toContain("амоксициллин 500 мг 3 раза");
    expect(phrases.lookup("我对青霉素过敏", "zh", "en")?.text).toBe("I am allergic to penicillin.");
    expect(phrases.lookup("Tome de 8 em 8 horas", "pt", "en")?.text).toBe("Take it every 8 hours.");
    expect(phrases.lookup("Tome de 8 em 6 horas", "pt", "en")).toBeUndefined();
    expect(phrases.lookup("I am allergic to cats.", "en", "zh")).toBeUndefined();
  });

  it("agrees with the checks: nearly no phrase is flagged against its own translation", () => {
    let pairs = 0;
    const flagged: string[] = [];
    for (const [id, text] of phrases.all("en"))
      for (const language of SEVEN.slice(1)) {
        const target = phrases.all(language).get(id) ?? "";
        if (text.includes("{")) continue;
        pairs += 1;
        const flags = check({ text, language: "en" }, { text: target, language });
        if (flags.length > 0) flagged.push(`${id} ${language} ${flags.map((f) => f.code).join(",")}`);
      }
    expect(flagged.length / pairs, flagged.join("\n")).toBeLessThanOrEqual(0.05);
  });

  it("refuses a broken file and says which", () => {
    const directory = mkdtempSync(join(tmpdir(), "yizhan-phrases-"));
    try {
      mkdirSync(join(directory, "en"));
      writeFileSync(join(directory, "en", "clinical.json"), '{"a.b": "Take {bananas}."}');
      expect(() => openPhrases(directory)).toThrow(/a\.b.*bananas/);
      writeFileSync(join(directory, "en", "clinical.json"), "{");
      expect(() => openPhrases(directory)).toThrow(/clinical\.json/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

it.each([
  ["hi", "।"],
  ["ur", "۔"],
])("a line in %s is found with and without its own full stop", (language, stop) => {
  const [id, text] = [...phrases.all(language)].find(([, one]) => one.endsWith(stop) && !/[{|]/.test(one)) ?? [];
  expect(text).toBeDefined();
  expect(phrases.lookup(text?.slice(0, -stop.length) ?? "", language, "en")?.id).toBe(id);
});
