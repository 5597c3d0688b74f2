import jsonPatch from "fast-json-patch";
import { isObject, type JsonObject } from "./types.ts";

/** A JSON Patch (RFC 6902) that does not fit: malformed, a failed `test`, a path that is not there. */
export class PatchError extends Error {
  readonly code: "malformed" | "test-failed" | "does-not-fit";

  constructor(code: PatchError["code"]) {
    super(`The patch cannot be applied: ${code}.`);
    this.name = "PatchError";
    this.code = code;
  }
}

const mostOperations = 200;

/** A patched copy; the original stays as it was. Throws {@link PatchError}. */
export function applyPatch(resource: JsonObject, patch: unknown): JsonObject {
  const wellFormed =
    Array.isArray(patch) &&
    patch.length <= mostOperations &&
    patch.every((one) => isObject(one) && typeof one.op === "string" && typeof one.path === "string");
  if (!wellFormed) throw new PatchError("malformed");
  let result: unknown;
  try {
    result = jsonPatch.applyPatch(structuredClone(resource), patch as jsonPatch.Operation[], true).newDocument;
  } catch (error) {
    const name = error instanceof Error ? error.name : undefined;
    throw new PatchError(name === "TEST_OPERATION_FAILED" ? "test-failed" : "does-not-fit");
  }
  if (!isObject(result) || result.resourceType !== resource.resourceType || result.id !== resource.id) {
    throw new PatchError("does-not-fit");
  }
  return result;
}
