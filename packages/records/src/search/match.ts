import type { JsonObject } from "../types.ts";
import { dateMatches, parseDateQuery } from "./dates.ts";
import { intervalsOf, rawValues, referenceOf, textOf, tokensOf } from "./extract.ts";
import type { SearchParameter } from "./parameters.ts";
import { referenceTexts, splitToken } from "./terms.ts";
import { nameMatches, normalisePhone, normaliseText } from "./text.ts";

/** One condition of a search: any of `values`. */
export interface Criterion {
  readonly parameter: SearchParameter;
  readonly modifier: string | undefined;
  readonly values: readonly string[];
}

/** Whether an opened resource really answers a criterion: the index only finds candidates. */
export function matches(resource: JsonObject, criterion: Criterion): boolean {
  const { parameter, modifier, values } = criterion;
  const have = rawValues(resource, parameter);
  if (modifier === "missing") return (have.length === 0) === (values[0] === "true");
  switch (parameter.kind) {
    case "string": {
      // All names of a person count together: the family name may stand in one, the given name in another.
      const texts = parameter.name === "family" || parameter.name === "given" ? [have.map(textOf).join(" ")] : have.map(textOf);
      return texts.some((text) => values.some((value) => stringMatches(text, value, modifier)));
    }
    case "token": {
      const contact = parameter.paths[0] === "telecom" ? parameter.name : undefined;
      const tokens = have.flatMap(tokensOf);
      const found = values.some((value) => {
        const wanted = splitToken(value);
        return tokens.some((token) => tokenMatches(token, wanted, contact, value.includes("|")));
      });
      return modifier === "not" ? !found : found;
    }
    case "reference": {
      const references = new Set(have.map(referenceOf));
      return values.some((value) => referenceTexts(parameter, modifier, value).some((text) => references.has(text)));
    }
    case "date": {
      const intervals = have.flatMap(intervalsOf);
      return values.some((value) => {
        const query = parseDateQuery(value);
        return query !== undefined && intervals.some((interval) => dateMatches(interval, query));
      });
    }
    case "uri":
      return values.some((value) => have.includes(value));
  }
}

function stringMatches(text: string, value: string, modifier: string | undefined): boolean {
  if (modifier === "contains") return normaliseText(text).includes(normaliseText(value));
  return nameMatches(text, value, modifier === "exact");
}

function tokenMatches(
  have: { readonly system: string | undefined; readonly code: string },
  wanted: { readonly system: string | undefined; readonly code: string },
  contact: string | undefined,
  hasSystem: boolean,
): boolean {
  if (contact !== undefined) {
    if (contact !== "telecom" && have.system !== contact) return false;
    const digits = normalisePhone(wanted.code);
    return digits.length >= 5 && !wanted.code.includes("@")
      ? normalisePhone(have.code) === digits
      : normaliseText(have.code) === normaliseText(wanted.code);
  }
  if (hasSystem && (wanted.system ?? "") !== (have.system ?? "")) return false;
  return wanted.code === "" ? hasSystem : normaliseText(have.code) === normaliseText(wanted.code);
}
