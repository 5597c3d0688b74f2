import type { Finding } from "./fault.ts";

/** Unicode's scripts that make up one of ISO 15924's combined ones. */
const parts: Readonly<Record<string, readonly string[]>> = {
  Hans: ["Hani"],
  Hant: ["Hani"],
  Jpan: ["Hani", "Hira", "Kana"],
  Kore: ["Hang", "Hani"],
};
/** Written with spaces between words, so that two scripts in one word are a slip of the keyboard: а for a. */
const spaced = new Set(["Latn", "Cyrl", "Grek", "Armn", "Geor"]);

/** The language's usual script as ISO 15924 names it: `Cyrl` for `ky`, `Latn` for `sr-Latn`. */
export const scriptOf = (tag: string): string => new Intl.Locale(tag).maximize().script ?? "Latn";

/**
 * Letters that the language is not written in. Latin may stand in any script where the English text has
 * the same word (a unit, an example of a case number).
 */
export function scriptFindings(branches: readonly string[], source: string, tag: string): readonly Finding[] {
  const script = scriptOf(tag);
  const own = letters(parts[script] ?? [script]);
  const latin = letters(["Latn"]);
  // Modifier letters, such as the ʻ of Uzbek, belong to no script.
  const shared = letters(["Zyyy", "Zinh"]);
  const findings: Finding[] = [];
  const say = (severity: Finding["severity"], reason: string) => findings.push({ severity, rule: "script", reason });
  for (const text of branches) {
    const all = text.match(/\p{L}/gu) ?? [];
    const foreign = all.filter((letter) => !own.test(letter) && !latin.test(letter) && !shared.test(letter));
    if (foreign.length > 0) say("error", `“${[...new Set(foreign)].join("")}” is not of the script ${script}.`);
    if (script === "Latn") continue;
    const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
    const mixed = spaced.has(script) ? words.filter((word) => latin.test(word) && own.test(word)) : [];
    if (mixed.length > 0) say("error", `“${mixed.join(" ")}” mixes Latin letters with ${script}.`);
    const strange = (text.match(/\p{Script=Latn}{2,}/gu) ?? []).filter((word) => !source.includes(word));
    if (strange.length > 0) say("warning", `“${strange.join(" ")}” is in Latin letters and not in the English text.`);
    if (/\p{Ll}{3}/u.test(source) && all.length > 0 && !all.some((letter) => own.test(letter))) {
      say("error", `Nothing in it is written in the script ${script}.`);
    }
  }
  return findings;
}

const letters = (scripts: readonly string[]): RegExp =>
  new RegExp(`[${scripts.map((script) => `\\p{Script_Extensions=${script}}`).join("")}]`, "u");
