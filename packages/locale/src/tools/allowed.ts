/** Texts that are rightly the same as in English, as `namespace:key`; `*` stands for all languages. */
export const sameAsEnglish: Readonly<Record<string, readonly string[] | "*">> = {
  // One word and its plural, the same in both.
  "desk:dose.sachet": ["fr"],
  "desk:dose.application": ["fr"],
};
