import { randomUUID } from "node:crypto";
import { isObject, parseSearch, type ServedType } from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { type Outcome, patch, remove, update, type Work } from "./interactions.ts";
import { etag } from "./links.ts";
import { FhirError } from "./outcome.ts";

/** The one resource that answers a conditional query; undefined for none. Throws 412 for several. */
export async function matchOne({ repositories }: Work, type: ServedType, query: string): Promise<Version | undefined> {
  const request = parseSearch(type, new URLSearchParams(query.replace(/^\?/, "")));
  if (request.criteria.length + request.chains.length === 0 && request.ids === undefined) {
    throw new FhirError(412, "too-costly", "A conditional request needs a search parameter.");
  }
  const { matches } = await repositories.resources.search({ ...request, count: 2, includes: [], revincludes: [] });
  if (matches.length > 1) throw new FhirError(412, "multiple-matches", "Several resources match the condition.");
  return matches[0];
}

/**
 * The id that a conditional update writes: the match's, the body's own where nothing matches, or a new one.
 * Throws 400 where the body names another id, 409 where its id belongs to what does not match, 412 for several
 * matches. Source: FHIR R4, 3.1.0.4.3.
 */
export async function idToUpdate(work: Work, type: ServedType, query: string, body: unknown): Promise<string> {
  const match = await matchOne(work, type, query);
  const own = isObject(body) && typeof body.id === "string" ? body.id : undefined;
  if (match !== undefined) {
    if (own === undefined || own === match.id) return match.id;
    throw new FhirError(400, "invalid", "The body's id is not that of the match.", `${type}.id`);
  }
  if (own === undefined) return randomUUID();
  if ((await work.repositories.resources.subjectOf(type, own)) === undefined) return own;
  throw new FhirError(409, "conflict", "The body's id belongs to a resource that does not match.", `${type}.id`);
}

/** `PUT /Type?…`. */
export async function updateWhere(
  work: Work,
  type: ServedType,
  query: string,
  body: unknown,
  ifMatch?: string,
): Promise<Outcome> {
  const id = await idToUpdate(work, type, query, body);
  return update(work, type, id, withId(body, id), ifMatch);
}

/** `PATCH /Type?…`. Throws 404 where nothing matches. */
export async function patchWhere(work: Work, type: ServedType, query: string, body: unknown, ifMatch?: string): Promise<Outcome> {
  const match = await matchOne(work, type, query);
  if (match === undefined) throw new FhirError(404, "not-found", `No ${type} matches the condition.`);
  return patch(work, type, match.id, body, ifMatch);
}

/** `DELETE /Type?…`: what matches nothing is as deleted as it can be. */
export async function removeWhere(work: Work, type: ServedType, query: string, ifMatch?: string): Promise<Outcome> {
  const match = await matchOne(work, type, query);
  if (match !== undefined) return remove(work, type, match.id, ifMatch);
  await work.access.demand("record.delete", type, undefined);
  return { status: 204, version: undefined };
}

export function withId(body: unknown, id: string): unknown {
  return isObject(body) ? { ...body, id } : body;
}

/** What a client already holds, from `If-None-Match` and `If-Modified-Since`; the first decides where both are sent. */
export interface Held {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** Whether a client's copy is the current one. Source: RFC 9110, 13.1; FHIR R4, 3.1.0.1.1. */
export function notModified(version: Version, { ifNoneMatch, ifModifiedSince }: Held): boolean {
  if (ifNoneMatch !== undefined) {
    const own = etag(version).replace(/^W\//, "");
    return ifNoneMatch.split(",").some((one) => ["*", own].includes(one.trim().replace(/^W\//, "")));
  }
  const since = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince);
  // An HTTP date has whole seconds.
  return Math.floor(version.updatedAt.getTime() / 1_000) * 1_000 <= since;
}
