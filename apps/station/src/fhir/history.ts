import { parseAnswer, SearchError, type ServedType, servedTypes, type Shape } from "@yizhan/records";
import type { HistoryEntry } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { resourceBytes } from "./answer.ts";
import { type BundleEntry, bundleBytes } from "./bundle-bytes.ts";
import type { Work } from "./interactions.ts";
import { etag } from "./links.ts";
import { FhirError } from "./outcome.ts";

/** Of which resources: one, those of a type, or all of them. */
export interface HistoryOf {
  readonly type?: ServedType;
  readonly id?: string | undefined;
}

/**
 * A history bundle, the newest version first; a deletion is an entry without a resource. Of whole types it holds
 * what the actor may see, and no total: that would count what they may not.
 */
export async function history(work: Work, base: string, of: HistoryOf, query: URLSearchParams): Promise<Uint8Array> {
  const { repositories, access } = work;
  const { count, cursor, shape, named } = parseAnswer(of.type, query, ["_since", "_count"]);
  if (count === 0) throw new SearchError("bad-value", "_count");
  const types = await typesOf(work, of);
  const since = instant(named.get("_since"));
  const page = await repositories.resources.changes({ types, id: of.id, since, count, cursor });
  const whole = since === undefined && cursor === undefined;
  if (of.id !== undefined && whole && page.entries.length === 0)
    throw new FhirError(404, "not-found", `There is no such ${types.join()}.`);
  const kept: HistoryEntry[] = [];
  const owners = new Set<string | undefined>();
  for (const entry of page.entries) {
    const owner = ownerOf(repositories.tenant, entry.version.subject);
    if (of.id !== undefined) await access.demand("record.read", entry.version.type, owner);
    else if (!(await access.allows("record.read", entry.version.type, owner))) continue;
    owners.add(owner);
    kept.push(entry);
  }
  await access.audit("record.history", of.type ?? "*", owners.size === 0 ? [undefined] : [...owners]);
  const total = of.id !== undefined && whole && page.next === undefined ? { total: kept.length } : {};
  const link = [{ relation: "self", url: address(base, of, query) }];
  if (page.next !== undefined) link.push({ relation: "next", url: address(base, of, query, page.next) });
  return bundleBytes(
    { type: "history", ...total, link },
    kept.map((entry) => historyEntry(base, entry, shape)),
  );
}

/** One resource's own type; else every type whose records the actor may search for. Throws 403 where there is none. */
async function typesOf({ access }: Work, { type, id }: HistoryOf): Promise<readonly ServedType[]> {
  if (type !== undefined) {
    if (id === undefined) await access.demand("record.search", type, undefined);
    return [type];
  }
  const types: ServedType[] = [];
  for (const one of servedTypes) if (await access.allows("record.search", one, undefined)) types.push(one);
  if (types.length === 0) await access.demand("record.search", "Patient", undefined);
  return types;
}

function historyEntry(base: string, entry: HistoryEntry, shape: Shape | undefined): BundleEntry {
  const { version } = entry;
  const { type, id } = version;
  const method = entry.deleted ? "DELETE" : version.version === 1 ? "POST" : "PUT";
  return {
    fullUrl: `${base}/${type}/${id}`,
    ...(entry.deleted ? {} : { resource: resourceBytes(entry.version, shape) }),
    request: { method, url: method === "POST" ? type : `${type}/${id}` },
    response: {
      status: method === "POST" ? "201" : method === "PUT" ? "200" : "204",
      etag: etag(version),
      lastModified: version.updatedAt.toISOString(),
    },
  };
}

/** Throws {@link SearchError}. */
export function instant(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const time = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new SearchError("bad-value", "_since");
  return new Date(time);
}

function address(base: string, { type, id }: HistoryOf, query: URLSearchParams, cursor?: string): string {
  const next = new URLSearchParams(query);
  if (cursor !== undefined) next.set("_cursor", cursor);
  const place = [base, type, id, "_history"].filter((part) => part !== undefined).join("/");
  return next.size === 0 ? place : `${place}?${next.toString()}`;
}
