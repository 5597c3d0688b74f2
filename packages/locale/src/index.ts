export { autonym } from "./autonym.ts";
export { fallbackChain, type FallbackTable, fallbackTable } from "./chain.ts";
export { type Direction, direction } from "./direction.ts";
export { LocaleError } from "./errors.ts";
export { createLocale, type CreateLocaleOptions, type Locale } from "./locale.ts";
export { fullName } from "./names.ts";
export type { Catalogue, Message, Review, Values } from "./types.ts";
