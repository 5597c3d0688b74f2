export { cloneJson, jsonText, parseJson } from "./json/exact.ts";
export { eachReference, parseReference } from "./references.ts";
export { defaultCount, mostCount, parseAnswer } from "./search/answer.ts";
export { SearchError } from "./search/error.ts";
export { sortValue } from "./search/sort.ts";
export { type DateQuery, type Interval, parseInterval } from "./search/dates.ts";
export { type Criterion, matches } from "./search/match.ts";
export { type IndexKind, type SearchParameter, searchParameters } from "./search/parameters.ts";
export { type Chain, type Has, type Include, parseSearch, type SearchRequest, type SortKey } from "./search/request.ts";
export { isSubsetted, type Shape, shaped } from "./shape.ts";
export { type IndexTerm, indexTerms, queryTerms } from "./search/terms.ts";
export { nameMatches, normaliseText } from "./search/text.ts";
export { rawValues, referenceOf } from "./search/extract.ts";
export { applyPatch, PatchError } from "./patch.ts";
export { patientSummary, type SummaryOptions } from "./summary/summary.ts";
export { readable } from "./summary/narrative.ts";
export { isCurrent } from "./summary/sections.ts";
export { subjectOf, type SubjectOf, systemSubject } from "./subject.ts";
export {
  type FhirResource,
  isFhirId,
  isObject,
  isServedType,
  type Json,
  type JsonObject,
  servedTypes,
  type ServedType,
  type StoredResource,
} from "./types.ts";
export { deeperThan, isValid, type Issue, mostDepth, validate } from "./validate/validate.ts";
export { valuesAt } from "./walk.ts";
