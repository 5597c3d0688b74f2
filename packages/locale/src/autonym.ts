/** Names that ICU lacks or that speakers do not look for first. */
const own: Readonly<Record<string, string>> = {
  dv: "ދިވެހި",
  tet: "Tetun",
  zh: "中文",
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
  "en-XA": "Ĕñĝļîšħ (pseudo)",
  "ar-XB": "Right-to-left (pseudo)",
};

/** What speakers call their language, written as a name on a button: `Português`, `العربية`. */
export function autonym(tag: string): string {
  const known = own[tag];
  if (known !== undefined) return known;
  const name = new Intl.DisplayNames([tag], { type: "language", languageDisplay: "standard" }).of(tag) ?? tag;
  const [first = "", ...rest] = name;
  return first.toLocaleUpperCase(tag) + rest.join("");
}
