import { catalogue } from "./catalogue.ts";

/** The part of a region that says what it hears and translates (`speech` of packages/region). */
export interface SpeechNeeds {
  hear: Record<string, string[]>;
  translate: { from: string; to: string; steps: { engine: string; to: string }[] }[];
}

/** In a region's `hear`: the site's own server hears the language, with no weights of ours. */
export const remoteHearingId = "remote";

/** Ids of the models a region needs, without doubles: voice detection first, then hearing, then translation. */
export function modelsFor(speech: SpeechNeeds): string[] {
  const hearing = Object.values(speech.hear)
    .flat()
    .filter((id) => id !== remoteHearingId);
  const translation = speech.translate.flatMap((route) => {
    const froms = [route.from, ...route.steps.map((step) => step.to)];
    return route.steps.flatMap((step, index) =>
      step.engine === "bergamot" ? bergamotIds(froms[index] ?? route.from, step.to) : [],
    );
  });
  return [...new Set([...(Object.keys(speech.hear).length > 0 ? ["silero-vad"] : []), ...hearing, ...translation])];
}

/**
 * The models that take Bergamot from one language to another: one where the direction exists, two through English,
 * none where it cannot be done. BCP 47 tags are matched whole, then by their primary subtag.
 */
export function bergamotIds(from: string, to: string): string[] {
  const direct = bergamotId(from, to);
  if (direct) return [direct];
  const into = bergamotId(from, "en");
  const outOf = bergamotId("en", to);
  return into && outOf ? [into, outOf] : [];
}

function bergamotId(from: string, to: string): string | undefined {
  const [bareFrom, bareTo] = [from.split("-")[0], to.split("-")[0]];
  return [`bergamot-${from}-${to}`, `bergamot-${bareFrom}-${bareTo}`].find((id) => catalogue.has(id));
}

/**
 * Languages that hearing is offered for. Whisper base knows a hundred by name; the rest it was hardly taught, and what
 * its makers publish of them is poor: an invented sentence is worse than none, so those go without captions.
 */
const offered = new Set("en zh es pt fr ru ar de it nl ca sv da no fi ja ko pl cs uk ro hu el tr he hi id ms vi th".split(" "));

/**
 * Ids of the models that hear a language, the most exact first: one made for it before one for many. None for a
 * language known to be heard badly.
 */
export function hearingModels(language: string): string[] {
  const bare = language.split("-")[0] ?? language;
  if (!offered.has(bare)) return [];
  return [...catalogue.values()]
    .filter((model) => model.kind === "hearing" && model.languages.includes(bare))
    .toSorted((a, b) => a.languages.length - b.languages.length)
    .map((model) => model.id);
}

/** Languages that a hearing model was measured in, by anybody: the catalogue has the figures. */
export function measuredLanguages(): string[] {
  const hearing = [...catalogue.values()].filter((model) => model.kind === "hearing");
  return [...new Set(hearing.flatMap((model) => model.quality.map((one) => one.language)))];
}
