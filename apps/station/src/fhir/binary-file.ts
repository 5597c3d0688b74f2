import { type JsonObject, parseReference } from "@yizhan/records";
import { fileMark, type WrittenFile } from "@yizhan/store";
import { FhirError } from "./outcome.ts";

/** Bytes of one attachment. */
export const mostFile = 50 * 1024 * 1024;

/** A Binary without its content. */
export function draft(contentType: string, context: string | undefined): JsonObject {
  return {
    resourceType: "Binary",
    contentType,
    ...(context === undefined ? {} : { securityContext: { reference: context } }),
  };
}

/** The record of a Binary whose content is a file: all that FHIR says of it, except `data`. */
export function fileRecord(binary: JsonObject, file: WrittenFile): JsonObject {
  const parts = [
    { url: "name", valueString: file.name },
    { url: "size", valueDecimal: file.size },
    { url: "sha256", valueString: file.sha256 },
  ];
  return {
    ...binary,
    _data: { extension: [{ url: fileMark, extension: parts }] },
  };
}

/** Throws 422 when a client names a file itself. */
export function refuseFileMark(resource: JsonObject): void {
  if (resource.resourceType === "Binary" && resource["_data"] !== undefined)
    throw new FhirError(422, "invalid", "The content of a Binary is its data, or is sent raw with its own type.", "Binary.data");
}

/** What of a page can run in a browser is not kept, whatever it claims to be for. */
const active =
  /^(text\/html|text\/xml|application\/xml|image\/svg\+xml|application\/xhtml\+xml|(text|application)\/(java|ecma)script)\b/i;
const typeForm = /^[a-z]+\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(;[ \t]*[a-z0-9-]+=[\w."+-]+)*$/i;

/** First bytes of the types that have some. */
const signatures: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "application/pdf": [[0x25, 0x50, 0x44, 0x46]],
  "image/png": [[0x89, 0x50, 0x4e, 0x47]],
  "image/jpeg": [[0xff, 0xd8, 0xff]],
  "image/gif": [[0x47, 0x49, 0x46, 0x38]],
  "application/zip": [[0x50, 0x4b]],
};

/** Throws 415 for a type that is none, or that a browser would run. */
export function assertContentType(type: string): void {
  if (!typeForm.test(type) || active.test(type))
    throw new FhirError(415, "not-supported", "This content type is not kept.", "Binary.contentType");
}

/** Passes a stream on once its first bytes are what its type says. Throws 415 otherwise. */
export async function* assertSignature(type: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const wanted = signatures[type.split(";")[0]?.trim().toLowerCase() ?? ""];
  let start: Uint8Array | undefined = wanted === undefined ? undefined : new Uint8Array(0);
  for await (const piece of source) {
    if (wanted === undefined || start === undefined) {
      yield piece;
      continue;
    }
    start = Buffer.concat([start, piece]);
    if (start.length < 8) continue;
    assertStart(start, wanted);
    yield start;
    start = undefined;
  }
  if (start === undefined || wanted === undefined) return;
  assertStart(start, wanted);
  yield start;
}

function assertStart(start: Uint8Array, wanted: readonly (readonly number[])[]): void {
  if (!wanted.some((bytes) => bytes.every((byte, at) => start[at] === byte)))
    throw new FhirError(415, "invalid", "The content is not what its type says.", "Binary.contentType");
}

/** The reference of `X-Security-Context`. Throws 400. Source: FHIR R4, 2.41.2. */
export function securityContext(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parsed = parseReference(header);
  if (parsed === undefined) throw new FhirError(400, "value", "X-Security-Context holds a reference, as Patient/1.");
  return `${parsed.type}/${parsed.id}`;
}

/** Whether the client asks for the Binary as FHIR, not for its content. Source: FHIR R4, 2.41.2. */
export function wantsFhir(accept: string | undefined): boolean {
  return accept !== undefined && /application\/(fhir\+)?json/.test(accept);
}

/** Reads `bytes=0-99`, `bytes=100-` or `bytes=-100`; undefined for what is to be answered whole. Throws 416. */
export function byteRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(Number(to) + 1, size);
  if (start >= end) throw new FhirError(416, "value", "The content has no such bytes.");
  return { start, end };
}
