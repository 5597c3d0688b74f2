import {
  type FhirResource,
  type JsonObject,
  matches,
  parseReference,
  queryTerms,
  rawValues,
  referenceOf,
  type SearchRequest,
} from "@yizhan/records";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { candidates, readMany } from "./candidates.ts";
import type { Version } from "./sealed.ts";

/** Resources that `_include` and `_revinclude` may add to one page. */
const mostIncluded = 1_000;
const asJson = (resource: FhirResource) => resource as unknown as JsonObject;

/** What `_include` and `_revinclude` add to a page, each resource once. Throws `too-broad`. */
export async function included(scope: Scope, request: SearchRequest, found: readonly Version[]): Promise<Version[]> {
  const known = new Set(found.map((one) => `${one.type}/${one.id}`));
  const added: Version[] = [];
  const add = (version: Version) => {
    const name = `${version.type}/${version.id}`;
    if (known.has(name)) return;
    known.add(name);
    added.push(version);
    if (added.length > mostIncluded) {
      throw new StoreError("too-broad", `More than ${mostIncluded} resources would be included.`, {
        hint: "Ask for a smaller _count.",
      });
    }
  };

  const wanted = new Map<string, { type: string; id: string }>();
  for (const { source, parameter, target } of request.includes) {
    for (const version of found) {
      if (version.type !== source) continue;
      for (const value of rawValues(asJson(version.resource), parameter)) {
        const reference = parseReference(referenceOf(value) ?? "");
        if (reference === undefined || (target !== undefined && reference.type !== target)) continue;
        if (target === undefined && parameter.targets.length > 0 && !parameter.targets.some((type) => type === reference.type))
          continue;
        wanted.set(`${reference.type}/${reference.id}`, reference);
      }
    }
  }
  for (const version of await readMany(
    scope,
    [...wanted.values()].filter((one) => !known.has(`${one.type}/${one.id}`)),
  ))
    add(version);

  const names = found.map((one) => `${one.type}/${one.id}`);
  for (const { source, parameter } of names.length === 0 ? [] : request.revincludes) {
    const groups = queryTerms(source, parameter, undefined, names) ?? [];
    for (const { version } of await candidates(scope, { type: source, groups, limit: mostIncluded + 1 })) {
      if (matches(asJson(version.resource), { parameter, modifier: undefined, values: names })) add(version);
    }
  }
  return added;
}
