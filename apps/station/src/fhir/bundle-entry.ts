import { deeperThan, isObject, mostDepth, type ServedType } from "@yizhan/records";
import type { Held } from "./conditional.ts";
import { servedType } from "./interactions.ts";
import { FhirError } from "./outcome.ts";

/** Entries one bundle may hold. */
const mostEntries = 500;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Entry {
  readonly index: number;
  readonly method: Method;
  readonly type: ServedType;
  readonly id: string | undefined;
  /** `Type/id/_history` or one version of it. */
  readonly history: boolean;
  readonly vid: string | undefined;
  /** After `?`; undefined without one. */
  readonly query: string | undefined;
  readonly fullUrl: string | undefined;
  readonly resource: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneExist: string | undefined;
  readonly held: Held;
}

/** Reads a bundle's entries without doing anything yet. Throws 400. */
export function bundleEntries(body: unknown): {
  readonly type: "batch" | "transaction";
  readonly entries: readonly (Entry | FhirError)[];
} {
  if (!isObject(body) || body.resourceType !== "Bundle") throw new FhirError(400, "structure", "The body is not a Bundle.");
  if (deeperThan(body, mostDepth + 5)) throw new FhirError(400, "too-costly", "The bundle nests too deep.");
  if (body.type !== "batch" && body.type !== "transaction") {
    throw new FhirError(
      400,
      "value",
      "Only batch and transaction bundles are processed; others are stored at /fhir/Bundle.",
      "Bundle.type",
    );
  }
  const items = Array.isArray(body.entry) ? body.entry : [];
  if (items.length > mostEntries) throw new FhirError(413, "too-costly", `A bundle holds at most ${mostEntries} entries.`);
  const entries = items.map((item, index) => {
    try {
      return readEntry(item, index);
    } catch (error) {
      if (error instanceof FhirError) return error;
      throw error;
    }
  });
  return { type: body.type, entries };
}

function readEntry(item: unknown, index: number): Entry {
  const path = `Bundle.entry[${index}].request`;
  const request = isObject(item) ? item.request : undefined;
  if (!isObject(item) || !isObject(request) || typeof request.url !== "string") {
    throw new FhirError(400, "required", "The entry has no request.", path);
  }
  const method = request.method;
  if (method !== "GET" && method !== "POST" && method !== "PUT" && method !== "PATCH" && method !== "DELETE") {
    throw new FhirError(400, "value", "The entry's method is not known.", `${path}.method`);
  }
  const { segments, query } = addressOf(request.url);
  const [type = "", ...rest] = segments;
  const id = rest[0] === "_history" ? undefined : rest[0];
  const [history, vid, more] = id === undefined ? rest : rest.slice(1);
  const served =
    more === undefined &&
    (history === undefined || (history === "_history" && method === "GET" && (vid === undefined || id !== undefined))) &&
    (method !== "POST" || id === undefined) &&
    (method === "GET" || id === undefined || query === undefined);
  if (!served) throw new FhirError(400, "not-supported", "The entry's address is not served.", `${path}.url`);
  const text = (name: string) => (typeof request[name] === "string" ? request[name] : undefined);
  return {
    index,
    method,
    type: servedType(type),
    id,
    history: history !== undefined,
    vid,
    query,
    fullUrl: typeof item.fullUrl === "string" ? item.fullUrl : undefined,
    resource: item.resource,
    ifMatch: text("ifMatch"),
    ifNoneExist: text("ifNoneExist"),
    held: { ifNoneMatch: text("ifNoneMatch"), ifModifiedSince: text("ifModifiedSince") },
  };
}

function addressOf(url: string): { readonly segments: readonly string[]; readonly query: string | undefined } {
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  return { segments: path.replace(/^\//, "").split("/"), query: mark === -1 ? undefined : url.slice(mark + 1) };
}

/** Names of the locks under which conditions hold until what they decide is written. */
export function conditions(entries: readonly (Entry | FhirError)[]): string[] {
  const found = entries.flatMap((entry) => {
    if (entry instanceof FhirError) return [];
    const { method, type, id, query, ifNoneExist } = entry;
    if (ifNoneExist !== undefined) return [`${type}?${ifNoneExist}`];
    return id === undefined && method !== "GET" && method !== "POST" ? [`${type}?${query ?? ""}`] : [];
  });
  return [...new Set(found)].sort();
}
