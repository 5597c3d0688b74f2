export { RegionError, type RegionErrorCode, type RegionFault } from "./errors.ts";
export { autonym, type CountryFacts, countryFacts, directionOf, type OfficialLanguage } from "./facts.ts";
export { loadRegion, loadRegions, parseRegion } from "./load.ts";
export { type FlowRule, type Region, type TranslationRoute, regionSchema } from "./schema.ts";
