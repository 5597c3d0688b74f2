import type { Finding } from "./fault.ts";
import type { Shape } from "./message.ts";

/**
 * Plural forms against CLDR: no form that the language does not have, and every form that a whole
 * number up to a thousand calls for (French `many` begins at a million, so it may be left out).
 */
export function pluralFindings(shape: Shape, tag: string): readonly Finding[] {
  return shape.plurals.flatMap(({ argument, type, categories }) => {
    const given = categories.filter((category) => !category.startsWith("="));
    const { known, needed } = categoriesOf(tag, type);
    const error = (reason: string): Finding => ({ severity: "error", rule: "plural", reason });
    return [
      ...given
        .filter((category) => !known.has(category))
        .map((category) =>
          error(`{${argument}} has the form “${category}”, which the language does not have (${[...known].join(", ")}).`),
        ),
      ...[...needed]
        .filter((category) => !given.includes(category))
        .map((category) => error(`{${argument}} lacks the form “${category}” (${[...known].join(", ")}).`)),
    ];
  });
}

function categoriesOf(tag: string, type: "cardinal" | "ordinal"): { known: ReadonlySet<string>; needed: ReadonlySet<string> } {
  // Without data for a language, the run time would answer for its own default language.
  if (Intl.PluralRules.supportedLocalesOf(tag).length === 0) {
    return { known: new Set(["one", "other"]), needed: new Set(["other"]) };
  }
  const rules = new Intl.PluralRules(tag, { type });
  const needed = new Set<string>(["other"]);
  for (let n = 0; n <= 1000; n += 1) needed.add(rules.select(n));
  return { known: new Set(rules.resolvedOptions().pluralCategories), needed };
}
