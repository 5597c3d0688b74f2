export { loadRegion } from "./load.ts";
export { type FlowRule, type Region, type TranslationRoute, regionSchema } from "./schema.ts";
