import { modelsFor } from "@yizhan/models";
import type { Region } from "@yizhan/region";

const voice = "kokoro-82m";

/** Languages that the station reads aloud itself; espeak-ng tells Kokoro how their words are said. */
const spoken: ReadonlySet<string> = new Set(["en", "es", "fr", "hi", "it", "pt"]);

/** Whether lines are read aloud on the station itself, in one of the languages of its patients. */
export function readsAloud({ role, languages }: Region): boolean {
  return role === "station" && languages.care.some((tag) => spoken.has(tag.split("-")[0] ?? tag));
}

/** Ids of the models that a region's host needs: voice detection, hearing, translation, and a voice where it has one. */
export function modelIds(region: Region): string[] {
  if (region.role === "hub") return [];
  return [...modelsFor(region.speech), ...(readsAloud(region) ? [voice] : [])];
}
