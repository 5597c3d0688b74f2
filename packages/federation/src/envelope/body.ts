import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import { canonicalBytes, parseJson } from "../canonical.ts";
import { FederationError } from "../errors.ts";
import { parseShape } from "../signed.ts";
import { maxEvents } from "./header.ts";

const maxBody = 8 * 1024 * 1024;

const eventShape = z.strictObject({
  eventId: z.uuid(),
  class: z.string().max(40),
  type: z.string().max(80),
  schemaVersion: z.int().min(1).max(10_000),
  payload: z.record(z.string(), z.unknown()),
  key: z.string().max(64).optional(),
});
/** Something was here and policy kept it: the event's id and the rule, so that the chain has no silent gap. */
const tombstoneShape = z.strictObject({ eventId: z.uuid(), withheld: z.string().max(80) });

const bodyShape = z.strictObject({
  events: z
    .array(z.union([eventShape, tombstoneShape]))
    .min(1)
    .max(maxEvents),
});

export type ReceivedEvent = z.infer<typeof eventShape>;
export type Tombstone = z.infer<typeof tombstoneShape>;
export type BodyItem = ReceivedEvent | Tombstone;

/** Canonical JSON, then Zstandard. */
export function packBody(events: readonly BodyItem[]): Uint8Array {
  return zstdCompressSync(canonicalBytes({ events }));
}

/** Throws `malformed`, also for what would unpack to more than 8 MiB. */
export function unpackBody(packed: Uint8Array): readonly BodyItem[] {
  let bytes: Uint8Array;
  try {
    bytes = zstdDecompressSync(packed, { maxOutputLength: maxBody });
  } catch (cause) {
    throw new FederationError("malformed", "a body that does not unpack", { cause });
  }
  return parseShape(bodyShape, parseJson(bytes)).events;
}
