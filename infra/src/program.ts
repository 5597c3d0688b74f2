import { CountryBundle } from "./country-bundle.ts";
import type { StackInput } from "./stack-input.ts";

/** The stack's name on the backend is the country's code; its one component bears the code in small letters. */
export function countryProgram(input: StackInput): () => Promise<Record<string, unknown>> {
  return async () => {
    const station = new CountryBundle(input.country.toLowerCase(), input);
    return {
      url: station.url,
      release: input.release,
      bundle: input.bundle.digest,
      health: station.health,
      address: station.address,
    };
  };
}
