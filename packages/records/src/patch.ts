import { randomUUID } from "node:crypto";
import jsonPatch from "fast-json-patch";
import { cloneJson, isMarked, numbersAsTexts, textsAsNumbers } from "./json/exact.ts";
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
  if (!isPatch(patch)) throw new PatchError("malformed");
  if (!isMarked(resource) && !isMarked(patch)) return patched(resource, structuredClone(resource), patch);
  // Copied before the patch is applied, which puts its own values into the document. What it tests are numbers,
  // and they are equal however they are written; what it moves keeps the way it was written.
  const prefix = `${randomUUID()} `;
  const texts = numbersAsTexts(resource, prefix) as JsonObject;
  const writes = numbersAsTexts(
    patch.filter((one) => one.op !== "test"),
    prefix,
  ) as Operation[];
  patched(resource, cloneJson(resource), patch);
  const result = patched(resource, texts, writes);
  textsAsNumbers(result, prefix);
  return result;
}

type Operation = jsonPatch.Operation;

function isPatch(patch: unknown): patch is Operation[] {
  return (
    Array.isArray(patch) &&
    patch.length <= mostOperations &&
    patch.every((one) => isObject(one) && typeof one.op === "string" && typeof one.path === "string")
  );
}

function patched(resource: JsonObject, copy: JsonObject, patch: Operation[]): JsonObject {
  let result: unknown;
  try {
    result = jsonPatch.applyPatch(copy, patch, true).newDocument;
  } catch (error) {
    const name = error instanceof Error ? error.name : undefined;
    throw new PatchError(name === "TEST_OPERATION_FAILED" ? "test-failed" : "does-not-fit");
  }
  if (!isObject(result) || result.resourceType !== resource.resourceType || result.id !== resource.id) {
    throw new PatchError("does-not-fit");
  }
  return result;
}
