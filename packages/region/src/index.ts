export { RegionError, type RegionErrorCode, type RegionFault } from "./errors.ts";
export { autonym, type CountryFacts, countryFacts, directionOf, type OfficialLanguage } from "./facts.ts";
export { jsonSchemas } from "./json-schema.ts";
export { judge, type Judgement, notLegalAdvice, violations } from "./law/judge.ts";
export { loadLawPack } from "./law/load.ts";
export { type Flow, type LawPack, type LawRule, lawPackSchema } from "./law/schema.ts";
export { loadRegion, loadRegions, parseRegion } from "./load.ts";
export { newRegion, type NewRegion, strictLawPack, yamlText } from "./make.ts";
export { type FlowRule, type Region, type TranslationRoute, regionSchema } from "./schema.ts";
