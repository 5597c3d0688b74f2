import type { JsonObject } from "../types.ts";
import { intervalsOf, rawValues, referenceOf, textOf, tokensOf } from "./extract.ts";
import type { SearchParameter } from "./parameters.ts";
import { normaliseText } from "./text.ts";

/** What a resource is ordered by under one parameter: the earliest date, the first text. Empty sorts last. */
export function sortValue(resource: JsonObject, parameter: SearchParameter): string {
  const [value] = rawValues(resource, parameter);
  if (value === undefined) return "\uffff";
  switch (parameter.kind) {
    case "date":
      return String((intervalsOf(value)[0]?.start ?? 8.64e15) + 8.64e15).padStart(17, "0");
    case "token":
      return tokensOf(value)[0]?.code ?? "\uffff";
    case "reference":
    case "uri":
      return referenceOf(value) ?? "\uffff";
    case "string":
      return normaliseText(textOf(value));
  }
}
