import { z } from "zod";
import { epoch, hash, instant, keyId, lane, nodeCode, sequence, signature } from "./shapes.ts";
import { type Signer, signed } from "./signed.ts";

const parked = z.strictObject({ seq: sequence, eventId: z.uuid(), code: z.string().max(80) });

/** What a receiver says once an envelope is durable: how far it has each link of one chain. */
export const ackShape = z.strictObject({
  v: z.literal(1),
  from: nodeCode,
  to: nodeCode,
  epoch,
  lane,
  /** Every envelope up to this one took effect. */
  contiguous: z.int().min(0),
  /** Envelopes beyond, kept until those between arrive: pairs of first and last. */
  ranges: z.array(z.tuple([sequence, sequence])).max(64),
  /** Hash of envelope `contiguous`, or the chain's genesis. */
  chainHead: hash,
  /** Events of the envelope acknowledged, or of those it let through, that were set aside. */
  parked: z.array(parked).max(1000),
  /** Key ids of this federation that are no longer good. */
  revoked: z.array(keyId).max(10_000),
  at: instant,
  keyId,
  signature,
});
export type Ack = z.infer<typeof ackShape>;
export type Parked = z.infer<typeof parked>;

export function makeAck(signer: Signer, ack: Omit<Ack, "v" | "at" | "keyId" | "signature">, at: Date): Ack {
  return signed(signer, "ack", { v: 1 as const, ...ack, at: at.toISOString() });
}
