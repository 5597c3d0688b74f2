import { CountryBundle } from "./country-bundle.ts";
import type { StackInput } from "./stack-input.ts";

/** The stack's name on the backend is the country's code; its one component bears the code in small letters. */
export function countryProgram(input: StackInput): () => Promise<Record<string, unknown>> {
  return async () => {
    const station = new CountryBundle(input.country.toLowerCase(), input);
    const given = station.health === undefined ? { address: station.address } : { health: station.health };
    return { url: station.url, release: input.release, digest: input.digest, ...given };
  };
}
