import { isObject, type Json, type JsonObject } from "./types.ts";

/** A relative literal reference of FHIR, `Patient/123` or `Patient/123/_history/2`, taken apart. */
export function parseReference(text: string): { readonly type: string; readonly id: string } | undefined {
  const match = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { type: match[1], id: match[2] };
}

/** Calls `visit` with every object that holds a literal `reference`, at any depth, without recursion. */
export function eachReference(root: JsonObject, visit: (holder: { reference: string }) => void): void {
  const open: Json[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) {
      if (typeof value.reference === "string") visit(value as { reference: string });
      for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) open.push(inner);
    }
  }
}
