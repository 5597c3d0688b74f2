import { type JsonObject, jsonText, parseJson, type Shape, shaped } from "@yizhan/records";
import { fileOf, type Version } from "@yizhan/store";
import { notModified } from "./conditional.ts";
import type { Outcome } from "./interactions.ts";
import { etag, httpDate, jsonType, versionAddress } from "./links.ts";
import { type FhirError, operationOutcome } from "./outcome.ts";
import { type FhirContext, held, preference, queryOf } from "./request.ts";

/** A resource as it leaves: its stored text, or the part that is asked for. The content of a file is never in it. */
export function resourceBytes(version: Version, shape: Shape | undefined): Uint8Array {
  const asked = shape ?? (isFile(version) ? { kind: "summary" as const } : undefined);
  if (asked === undefined) return version.bytes;
  const { _data, ...resource } = version.resource as unknown as JsonObject;
  return Buffer.from(jsonText(shaped(resource, asked), { composed: true }));
}

/** A Binary whose content is a file of its own. */
export function isFile(version: Version): boolean {
  return version.type === "Binary" && fileOf(version.resource as unknown as JsonObject) !== undefined;
}

/** A body put together from resources says their numbers as they were sent. */
export function answerJson(context: FhirContext, status: FhirError["status"] | 200, body: object): Response {
  const sent = body instanceof Uint8Array ? body : Buffer.from(jsonText(body, { composed: true }));
  return answerBytes(context, status, sent, {});
}

/** One resource with its version in the headers. */
export function answerOutcome(context: FhirContext, base: string, { status, version }: Outcome, shape?: Shape): Response {
  if (version === undefined || status === 204 || status === 304) return context.body(null, 204);
  const headers = {
    etag: etag(version),
    "last-modified": httpDate(version.updatedAt),
    ...(isRead(context) ? {} : { location: versionAddress(base, version) }),
  };
  if (isRead(context)) {
    if (notModified(version, held(context))) return context.body(null, 304, headers);
    return answerBytes(context, status, resourceBytes(version, shape), headers);
  }
  const { answer } = preference(context.req.header("prefer"));
  if (answer === "minimal") return context.body(null, status, headers);
  if (answer === "representation") return answerBytes(context, status, resourceBytes(version, undefined), headers);
  return answerBytes(context, status, Buffer.from(JSON.stringify(operationOutcome([]))), headers);
}

export const isRead = (context: FhirContext): boolean => context.req.method === "GET" || context.req.method === "HEAD";

function answerBytes(
  context: FhirContext,
  status: FhirError["status"] | 200 | 201,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Response {
  const wanted = queryOf(context).get("_pretty") === "true";
  const sent = wanted
    ? Buffer.from(jsonText(parseJson(Buffer.from(bytes).toString("utf8")) as object, { composed: true, indent: 2 }))
    : bytes;
  return context.body(new Uint8Array(sent), status, {
    "content-type": jsonType,
    "content-length": String(sent.length),
    "cache-control": "no-store",
    ...headers,
  });
}
