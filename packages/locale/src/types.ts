import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";

/**
 * A message as `createLocale` takes it: ICU text, or its syntax tree. Servers give text; the build
 * of the pages gives trees, so that no browser downloads the parser.
 */
export type Message = string | readonly MessageFormatElement[];

/** One namespace of one language: flat keys to messages. */
export type Catalogue = Readonly<Record<string, Message>>;

/** What a message's placeholders are filled with. */
export type Values = Readonly<Record<string, string | number | boolean | Date>>;

/**
 * `locales/<tag>/review.json`: who read which text, and when. Namespace, then key, or `*` for all
 * keys of the namespace. What is not named here is a draft.
 */
export type Review = Readonly<Record<string, Readonly<Record<string, { readonly by: string; readonly on: string }>>>>;
