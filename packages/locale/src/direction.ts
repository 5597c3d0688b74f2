export type Direction = "ltr" | "rtl";

/** Scripts written from right to left, ISO 15924. */
const rightToLeft = new Set(["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa", "Yezi"]);

/** Which way a language runs, by its script; the script follows from the tag where it is not in it. */
export function direction(tag: string): Direction {
  const script = new Intl.Locale(tag).maximize().script;
  return script !== undefined && rightToLeft.has(script) ? "rtl" : "ltr";
}
