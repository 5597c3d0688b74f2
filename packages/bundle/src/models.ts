import { modelsFor } from "@yizhan/models";
import type { Region } from "@yizhan/region";
import type { Context } from "./context.ts";

const voice = "kokoro-82m";

/** Languages that the station reads aloud itself; espeak-ng tells Kokoro how words in Latin letters are said. */
const spoken: ReadonlySet<string> = new Set(["en", "es", "fr", "hi", "it", "pt", "zh"]);

/** Whether lines are read aloud on the station itself, in one of the languages of its patients. */
export function readsAloud({ role, languages }: Region): boolean {
  return role === "station" && languages.care.some((tag) => spoken.has(tag.split("-")[0] ?? tag));
}

/** Ids of the models that a machine needs: voice detection, hearing, translation, and a voice where the region has one. */
export function modelIds({ region, site, role }: Context): string[] {
  // Where further machines hear, the station has none of it.
  if (region.role === "hub" || (role === "station" && site.machines !== undefined)) return [];
  return [...modelsFor(region.speech), ...(readsAloud(region) ? [voice] : [])];
}
