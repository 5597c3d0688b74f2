import { join } from "node:path";
import { testModels } from "@yizhan/models/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recorded } from "../bench/recorded.ts";
import { recordedSpeech } from "../bench/speech-routes.ts";
import { type Engines, openEngines } from "../engines/index.ts";
import { clinicalTerms } from "./clinical-terms.ts";
import { translateLine } from "./translate.ts";

/**
 * A consultation in English and Portuguese as a Spanish listener reads it: English by way of Portuguese (Bergamot, then
 * Apertium), Portuguese directly. Every line of it was read; the checks look at what was said, never at the pivot.
 */
let engines: Engines;
const terms = clinicalTerms(join(import.meta.dirname, "../../../../locales"));
beforeAll(async () => {
  const models = await testModels(["bergamot-en-pt"]);
  engines = await openEngines({ models, speech: { hear: {}, translate: recordedSpeech.translate } });
  // A busy machine takes its time to load both engines.
  await engines.translator.translate("Maria.", "en", "es");
}, 120_000);
afterAll(() => engines.close());

const toSpanish = (text: string, language: string) =>
  translateLine({ translator: engines.translator, terms, limit: 30_000 }, { text, language }, "es");
const codes = (flags: readonly { code: string; target?: string | undefined }[]) =>
  flags.map(({ code, target }) => (code === "untranslated" ? `untranslated ${target ?? ""}` : code)).join(", ");

/** What is flagged of the 26 lines, by how each begins; the others are not. “Vômito” and “malária” are read by a Spaniard too. */
const flagged: Readonly<Record<string, string>> = {
  "Do you have chills": "untranslated calafrios",
  "Sim, tenho calafrios": "untranslated calafrios",
  "Any vomiting": "untranslated diarréia",
  "Vomitei duas vezes": "self-correction",
};

test("no dose, number, medicine or “not” is lost on the way, and what no engine knew is named", { timeout: 60_000 }, async () => {
  const { header } = await recorded("consult-en-pt");
  const spoken = new Map(header.speakers.map(({ id, language }) => [id, language]));
  const found: Record<string, string> = {};
  const lines = new Map<string, string>();
  for (const { speaker, text } of header.turns) {
    const language = spoken.get(speaker) ?? "";
    const line = await toSpanish(text, language);
    lines.set(text, line.text);
    expect(line.route.split("+"), text).toContain(line.route === "phrase" ? "phrase" : "apertium");
    if (language === "en" && line.route !== "phrase") expect(line.route, text).toContain("bergamot+apertium");
    if (line.flags.length > 0) found[Object.keys(flagged).find((begin) => text.startsWith(begin)) ?? text] = codes(line.flags);
  }
  expect(lines.size).toBe(26);
  expect(found).toEqual(flagged);
  const line = (begin: string) => [...lines].find(([text]) => text.startsWith(begin))?.[1];
  expect(line("Three days. Take four")).toMatch(/cuatro comprimidos de artemether lumefantrine ahora, y cuatro.*ocho horas/u);
  expect(line("No, do not take ibuprofen")).toMatch(
    /no tome ibuprofeno.*gramo de paracetamol cada seis horas, y no más de cuatro/u,
  );
  expect(line("Sou alérgica")).toMatch(/alérgic[oa] a.*penicilina\. No puedo tomar amoxicilina/u);
});

test("decimals and blood pressures arrive; what a chain turns round is flagged against what was said", async () => {
  for (const [text, expected] of [
    ["Call me if it is more than one hundred and sixty over ninety-five.", ""],
    ["Only if the fever is above thirty-eight point five, take one gram of paracetamol.", ""],
    ["I have been vomiting blood since half past four.", "number-missing, number-added, untranslated vomado"],
    ["You don't need to fast, but take nothing with the tablet except water.", "untranslated jejuar"],
    ["The swelling went down a bit, but the numbness didn't.", "untranslated inchaço, untranslated dormência"],
    ["Never take more than eight tablets in twenty-four hours.", ""],
  ] as const)
    expect([text, codes((await toSpanish(text, "en")).flags)]).toEqual([text, expected]);
});
