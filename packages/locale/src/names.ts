/** Languages in which the family name is said first. Source: CLDR person names, `nameOrderLocales surnameFirst`. */
const familyFirst = new Set(["hu", "ja", "km", "ko", "mn", "si", "ta", "te", "vi", "yue", "zh"]);
/** Of these, the ones that write no space between the two. */
const unspaced = new Set(["ja", "yue", "zh"]);

/** A person's name in the order of `tag`. Either part may be empty: many people have one name. */
export function fullName(tag: string, name: { readonly given: string; readonly family: string }): string {
  const { language } = new Intl.Locale(tag);
  const parts = familyFirst.has(language) ? [name.family, name.given] : [name.given, name.family];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(unspaced.has(language) && parts.every((part) => /^\p{Script=Han}*$/u.test(part.trim())) ? "" : " ");
}
