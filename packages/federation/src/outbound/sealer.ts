import type { PublicIdentity } from "@yizhan/vault";
import { canonicalBytes } from "../canonical.ts";
import { genesis } from "../chain.ts";
import type { BodyItem } from "../envelope/body.ts";
import { maxEvents } from "../envelope/header.ts";
import { sealEnvelope } from "../envelope/seal.ts";
import type { Decision, Gateway } from "../gateway/judge.ts";
import type { Signer } from "../signed.ts";
import type { Lane } from "../types.ts";
import type { OutboundStore, PendingEvent, SealingTx } from "./ports.ts";

export interface SealerOptions {
  readonly store: OutboundStore;
  readonly from: string;
  readonly sender: Signer;
  readonly gatewaySigner: Signer;
  readonly gateway: Gateway;
  /** Bytes of events in one envelope; see {@link chunkBytes}. */
  readonly chunk: number;
  readonly now: () => Date;
}

interface Sealable {
  readonly id: number;
  readonly item: BodyItem;
  readonly decision: Decision;
  readonly fresh: boolean;
}

const batch = 1000;
/** A quarter of a second of the link: what an urgent envelope may have to wait for. */
export function chunkBytes(kbit: number): number {
  return Math.min(512 * 1024, Math.max(4 * 1024, Math.floor((kbit * 1000) / 8 / 4)));
}

/**
 * Seals every committed event for `recipient`. Sequence numbers are given here, after commit, by one
 * sealer at a time; the envelopes are stored in the same transaction. Returns how many were made.
 */
export async function sealPending(options: SealerOptions, recipient: PublicIdentity): Promise<number> {
  for (let made = 0; ;) {
    const round = await options.store.sealing((tx) => sealRound(options, recipient, tx));
    made += round.envelopes;
    if (round.events < batch) return made;
  }
}

async function sealRound(options: SealerOptions, recipient: PublicIdentity, tx: SealingTx) {
  const pending = await tx.pending(batch);
  const byLane = new Map<Lane, PendingEvent[]>();
  for (const waiting of pending) {
    // Events for a node that has not joined wait for it.
    if (waiting.event.to !== recipient.node) continue;
    const group = byLane.get(waiting.event.lane);
    if (group === undefined) byLane.set(waiting.event.lane, [waiting]);
    else group.push(waiting);
  }
  let envelopes = 0;
  const epoch = await tx.epoch(recipient.node);
  for (const [lane, group] of byLane) {
    const chain = { from: options.from, to: recipient.node, epoch, lane };
    let after = (await tx.head(chain.to, epoch, lane)) ?? { seq: 0, hash: genesis(chain) };
    for (const events of chunks(await judgeAll(options.gateway, group, tx), options.chunk)) {
      const sealed = sealEnvelope({
        chain,
        after,
        items: events.map((event) => event.item),
        decisions: events.map((event) => event.decision),
        policyVersion: options.gateway.policyVersion,
        at: options.now(),
        sender: options.sender,
        gateway: options.gatewaySigner,
        recipient,
      });
      await tx.save({ to: chain.to, epoch, lane, ...sealed, events });
      after = sealed;
      envelopes += 1;
    }
  }
  return { events: pending.length, envelopes };
}

async function judgeAll(gateway: Gateway, group: readonly PendingEvent[], tx: SealingTx): Promise<Sealable[]> {
  const result: Sealable[] = [];
  for (const { id, event, judged } of group) {
    if (judged !== undefined) {
      result.push({ id, ...judged, fresh: false });
      continue;
    }
    const { decision, payload } = await gateway.judge(event, tx.count);
    const { eventId, class: eventClass, type, schemaVersion, key } = event;
    const item: BodyItem =
      payload === undefined
        ? { eventId, withheld: decision.rule }
        : { eventId, class: eventClass, type, schemaVersion, payload: { ...payload }, ...(key === undefined ? {} : { key }) };
    result.push({ id, item, decision, fresh: true });
  }
  return result;
}

function* chunks(events: readonly Sealable[], limit: number): Generator<Sealable[]> {
  let chunk: Sealable[] = [];
  let size = 0;
  for (const event of events) {
    const bytes = canonicalBytes(event.item).length;
    if (chunk.length > 0 && (chunk.length === maxEvents || size + bytes > limit)) {
      yield chunk;
      chunk = [];
      size = 0;
    }
    chunk.push(event);
    size += bytes;
  }
  if (chunk.length > 0) yield chunk;
}
