import { ackShape } from "../ack.ts";
import type { Carrier } from "../carriers/types.ts";
import { genesis } from "../chain.ts";
import { FederationError } from "../errors.ts";
import { checkSigned } from "../signed.ts";
import type { Lane } from "../types.ts";
import type { OutboundStore, Peer, StoredEnvelope } from "./ports.ts";
import type { Signal } from "./signal.ts";

export interface SenderOptions {
  readonly store: OutboundStore;
  readonly carrier: Carrier;
  readonly from: string;
  readonly peer: Peer;
  /** Envelopes under way at a time: enough to fill a link with a long round trip. */
  readonly window: number;
  readonly onAck: (lane: Lane) => void;
}

/**
 * Sends what is stored in `lanes`, in order of urgency, until `abort` fires or something fails. The bytes
 * are those that were stored when sealed. Several are under way at once; the receiver puts them in order.
 */
export async function sendLanes(options: SenderOptions, lanes: readonly Lane[], wake: Signal, abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    const batch = await options.store.unacked(options.peer.identity.node, lanes, options.window);
    if (batch.length === 0) {
      await wake.wait(abort);
      continue;
    }
    const sent = await Promise.allSettled(batch.map((envelope) => sendOne(options, envelope, abort)));
    const failed = sent.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const moved = sent.some((result) => result.status === "fulfilled" && result.value);
    if (!moved) throw new FederationError("stale", "the receiver holds back: both sides must compare their histories");
  }
}

/** True when the receiver's chain now reaches the envelope. */
async function sendOne(options: SenderOptions, envelope: StoredEnvelope, abort: AbortSignal): Promise<boolean> {
  const { store, from, peer } = options;
  const to = peer.identity.node;
  const { epoch, lane, seq } = envelope;
  const ack = checkSigned(ackShape, "ack", await options.carrier.envelope(envelope.bytes, abort), peer.identity.signKey);
  if (ack.from !== to || ack.to !== from || ack.epoch !== epoch || ack.lane !== lane) {
    throw new FederationError("malformed", "an ack for another chain");
  }
  // An ack counts only for the history it names: the hash of its last envelope must be ours.
  const known =
    ack.contiguous === 0 ? genesis({ from, to, epoch, lane }) : (await store.envelope(to, epoch, lane, ack.contiguous))?.hash;
  if (known !== ack.chainHead) throw new FederationError("forked", "the receiver acknowledges another history");
  await store.acknowledged(to, epoch, lane, ack.contiguous, ack.parked);
  if (ack.contiguous >= seq) options.onAck(lane);
  return ack.contiguous >= seq;
}
