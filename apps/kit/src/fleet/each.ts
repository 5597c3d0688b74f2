import { cutWaves } from "./waves.ts";

/** What became of one country: one entry of `--json`, one row of the table. */
export type Entry<T extends object = object> = { readonly country: string; readonly ok: boolean } & T;
export type Failure = {
  readonly error: { readonly code: string; readonly message: string; readonly left: string; readonly remedy: string };
};
/** A country that no wave reached. */
export type NotReached = { readonly notReached: true };

export interface EachOptions {
  readonly waves: readonly (number | "rest")[];
  /** How many countries at once within a wave. */
  readonly together: number;
  readonly onWave?: (wave: readonly string[], index: number) => void;
}

/**
 * Does `work` for each country, wave by wave; a wave in which one fails is the last. Within it the others are
 * finished. Entries come in the order of the countries, those that were not reached too.
 */
export async function eachCountry<T extends object>(
  countries: readonly string[],
  options: EachOptions,
  work: (country: string) => Promise<Entry<T>>,
): Promise<Entry<T | NotReached>[]> {
  const entries = new Map<string, Entry<T>>();
  const { waves } = cutWaves(countries, options.waves);
  for (const [index, wave] of waves.entries()) {
    options.onWave?.(wave, index);
    const queue = wave.values();
    const worker = async () => {
      for (const country of queue) entries.set(country, await work(country));
    };
    await Promise.all(Array.from({ length: Math.min(options.together, wave.length) }, worker));
    if (wave.some((country) => entries.get(country)?.ok !== true)) break;
  }
  return countries.map((country) => entries.get(country) ?? { country, ok: false, notReached: true });
}
