import { z } from "zod";
import { stationHealth } from "./events/catalogue.ts";
import { base64, epoch, hash, instant, keyId, lane, nodeCode, signature } from "./shapes.ts";

const versions = z.strictObject({ min: z.int().min(1), max: z.int().min(1) });

/** A proof has a hash for each doubling of the log, on two sides at most. */
const proof = z.array(base64(32)).max(128);
/**
 * The newest signed checkpoint of the sender's audit log (C2SP tlog-checkpoint), with the proof that it continues
 * the one of `from` entries that the receiver holds. Roots only: no entry ever leaves.
 */
export const witnessedShape = z.strictObject({ note: z.string().max(2_000), from: z.int().min(0), proof });
export type Witnessed = z.infer<typeof witnessedShape>;

const schemas = z.record(z.string().max(80), z.array(z.int().min(1)).max(100));

/**
 * A node's greeting: at each connection, and as a sign of life between envelopes. It carries
 * figures about the machine only, in the shape of `station.health`.
 */
export const helloShape = z.strictObject({
  v: z.literal(1),
  from: nodeCode,
  to: nodeCode,
  protocol: versions,
  schemas,
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  at: instant,
  /** The next one comes within this many milliseconds. */
  nextWithinMs: z.int().min(100).max(86_400_000),
  health: stationHealth,
  /** Only to a receiver whose last answer said how far its `checkpoint` goes. */
  checkpoint: witnessedShape.optional(),
  keyId,
  signature,
});
export type Hello = z.infer<typeof helloShape>;

/** Where the receiver stands in every chain it has from the sender. */
const cursor = z.strictObject({ epoch, lane, contiguous: z.int().min(0), chainHead: hash, quarantined: z.boolean() });
export type Cursor = z.infer<typeof cursor>;

export const helloAnswerShape = z.strictObject({
  v: z.literal(1),
  from: nodeCode,
  to: nodeCode,
  /** The highest protocol both speak. */
  protocol: z.int().min(1),
  schemas,
  /** The hello's own, so that an old answer cannot stand in for a new one. */
  nonce: z.string(),
  at: instant,
  cursors: z.array(cursor).max(10_000),
  /** How many entries the checkpoint covers that the receiver holds; only to a sender whose schemas name `audit.checkpoint`. */
  checkpoint: z.strictObject({ size: z.int().min(0) }).optional(),
  revoked: z.array(keyId).max(10_000),
  keyId,
  signature,
});
export type HelloAnswer = z.infer<typeof helloAnswerShape>;
