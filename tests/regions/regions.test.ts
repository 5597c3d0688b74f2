import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bergamotIds, catalogue, hearingModels, modelsFor } from "@yizhan/models";
import { loadRegions } from "@yizhan/region";
import { describe, expect, it } from "vitest";
import { icd10Fault } from "../../packages/terms/testing/icd10.ts";

/** What the country files ask of the models: every engine they name can be fetched, every translation step exists. */

const directory = resolve(dirname(fileURLToPath(import.meta.url)), "../../regions");
const all = (await loadRegions(directory)).map((region) => [region.code, region] as const);

describe("the models that a country needs", () => {
  it.each(all)("%s: what hears a language was made for it", (_, { speech }) => {
    for (const [language, ids] of Object.entries(speech.hear)) {
      // A language that is known to be heard badly has no captions.
      expect({ language, offered: hearingModels(language).length > 0 }).toEqual({ language, offered: true });
      for (const id of ids) {
        const model = catalogue.get(id);
        expect(model?.kind).toBe("hearing");
        expect(model?.languages).toContain(language.split("-")[0]);
      }
    }
  });

  it.each(all)("%s: each step of a translation is one model, and starts from a language that is heard", (_, { speech }) => {
    for (const route of speech.translate) {
      expect(speech.hear[route.from]).toBeDefined();
      let from = route.from;
      for (const step of route.steps) {
        if (step.engine === "bergamot")
          expect({ from, to: step.to, models: bergamotIds(from, step.to).length }).toEqual({ from, to: step.to, models: 1 });
        from = step.to;
      }
    }
  });

  it.each(all)("%s: all of them are in the catalogue", (_, { speech }) => {
    for (const id of modelsFor(speech)) expect(catalogue.has(id)).toBe(true);
  });
});

it.each(all)("%s names notifiable diseases by codes that ICD-10 has, or had when its list was written", (_, { notifiable }) => {
  expect(notifiable.flatMap(({ icd10 }) => icd10Fault(icd10, true) ?? [])).toEqual([]);
});
