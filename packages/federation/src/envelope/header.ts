import { z } from "zod";
import { digestOf } from "../canonical.ts";
import { epoch, hash, instant, keyId, lane, nodeCode, sequence, signature } from "../shapes.ts";
import { eventClasses } from "../types.ts";

/** Protocol versions this program speaks; a hello picks the highest that both sides know. */
export const protocol = { min: 1, max: 1 } as const;

/** The most events in one envelope, and bytes of one envelope on the wire. */
export const maxEvents = 500;
export const maxEnvelope = 1024 * 1024;

export const headerShape = z.strictObject({
  v: z.int().min(1),
  from: nodeCode,
  to: nodeCode,
  epoch,
  lane,
  seq: sequence,
  /** Hash of the envelope before in (from, to, epoch, lane), or the chain's genesis. */
  prevHash: hash,
  /** Events in the body, tombstones included. */
  count: z.int().min(1).max(maxEvents),
  /** The classes of the events that left, sorted. */
  classes: z.array(z.enum(eventClasses)),
  /** Schema of the body, `name@version`. */
  schema: z.string().regex(/^[a-z.]{1,40}@\d{1,4}$/),
  policyVersion: z.string().regex(/^[0-9a-f]{16}$/),
  /** Digest of the gateway's decisions on every event of the body, in order. */
  decisionDigest: hash,
  createdAt: instant,
  keyId,
  ciphertextHash: hash,
  signature,
  /** The gateway's countersignature over all of the above. */
  gatewaySignature: signature,
});
export type Header = z.infer<typeof headerShape>;

export const bodySchema = "yizhan.events@1";

/** What the next envelope of the chain names as its predecessor. */
export function envelopeHash(header: Header): string {
  return digestOf(header);
}
