import { type Include, matches, parseReference, queryTerms, rawValues, referenceOf, type SearchRequest } from "@yizhan/records";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { candidates, readMany } from "./candidates.ts";
import type { Version } from "./sealed.ts";

/** Resources that `_include` and `_revinclude` may add to one page. */
const mostIncluded = 1_000;
/** How far `:iterate` goes from a match. */
const mostRounds = 8;

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

  let from = found;
  for (let round = 0; from.length > 0 && round < mostRounds; round += 1) {
    const asked = (one: Include) => round === 0 || one.iterate;
    const before = added.length;
    for (const version of await pointedTo(scope, request.includes.filter(asked), from, known)) add(version);
    for (const version of await pointing(scope, request.revincludes.filter(asked), from)) add(version);
    from = added.slice(before);
  }
  return added;
}

/** What `from` points at. */
async function pointedTo(
  scope: Scope,
  includes: readonly Include[],
  from: readonly Version[],
  known: ReadonlySet<string>,
): Promise<Version[]> {
  const wanted = new Map<string, { type: string; id: string }>();
  for (const { source, parameter, target } of includes) {
    for (const version of from) {
      if (version.type !== source) continue;
      for (const value of rawValues(version.judged, parameter)) {
        const reference = parseReference(referenceOf(value) ?? "");
        if (reference === undefined || (target !== undefined && reference.type !== target)) continue;
        if (target === undefined && parameter.targets.length > 0 && !parameter.targets.some((type) => type === reference.type))
          continue;
        const name = `${reference.type}/${reference.id}`;
        if (!known.has(name)) wanted.set(name, reference);
      }
    }
  }
  return readMany(scope, [...wanted.values()]);
}

/** What points at `from`. */
async function pointing(scope: Scope, revincludes: readonly Include[], from: readonly Version[]): Promise<Version[]> {
  const names = from.map((one) => `${one.type}/${one.id}`);
  const found: Version[] = [];
  for (const { source, parameter } of revincludes) {
    const groups = queryTerms(source, parameter, undefined, names) ?? [];
    for (const { version } of await candidates(scope, { type: source, groups, limit: mostIncluded + 1 })) {
      if (matches(version.judged, { parameter, modifier: undefined, values: names })) found.push(version);
    }
  }
  return found;
}
