import type { Identity } from "@yizhan/vault";
import { type Ack, makeAck } from "../ack.ts";
import { genesis } from "../chain.ts";
import type { ReceivedEvent } from "../envelope/body.ts";
import { checkEnvelope, openEnvelope } from "../envelope/check.ts";
import { envelopeHash } from "../envelope/header.ts";
import { decodeEnvelope, type Envelope } from "../envelope/wire.ts";
import { FederationError } from "../errors.ts";
import { applyItems } from "./apply.ts";
import type { InboundStore, InboundTx } from "./ports.ts";

/** Where an event comes from and when it arrived; time is judged by the receiver's clock. */
export interface Arrival {
  readonly from: string;
  readonly receivedAt: Date;
  readonly createdAt: Date;
}

/** What an event does here, within the transaction that records it. Throws `PoisonEvent` for what can never be done. */
export type Effect<Effects> = (effects: Effects, event: ReceivedEvent, arrival: Arrival) => Promise<void>;

export interface Alarm {
  readonly code: "forked" | "chain-broken" | "parked";
  readonly from: string;
  readonly epoch: number;
  readonly lane: string;
  readonly seq: number;
}

export interface ReceiverOptions<Effects> {
  readonly identity: Identity;
  readonly store: InboundStore<Effects>;
  readonly effect: Effect<Effects>;
  readonly now: () => Date;
  /** After the transaction: something of this sender took effect. */
  readonly onApplied: (from: string) => void;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** How far ahead of the gap an envelope may be and still be kept. */
const maxAhead = 256;

type Outcome =
  | { readonly ack: Omit<Ack, "v" | "at" | "keyId" | "signature">; readonly applied: boolean }
  | { readonly refused: Alarm };

/**
 * Takes one envelope in. The ack is made only after everything is durable; the same envelope
 * again has no effect and gets an ack again. Throws `FederationError` for what is refused.
 */
export async function receiveEnvelope<Effects>(options: ReceiverOptions<Effects>, bytes: Uint8Array): Promise<Ack> {
  const { identity, store } = options;
  const envelope = decodeEnvelope(bytes);
  const { header } = envelope;
  if (header.to !== identity.node) throw new FederationError("not-for-us", "an envelope for another node");
  const member = await store.member(header.from, header.keyId);
  if (member === undefined) throw new FederationError("sender-unknown", "an envelope from a node that has not joined");
  if (member.revoked) throw new FederationError("sender-revoked", "an envelope under a key that was revoked");
  checkEnvelope(envelope, { signKey: member.identity.signKey, gatewayKey: member.gatewayKey });
  openEnvelope(envelope, identity);
  const arrival = options.now();
  const revoked = [...(await store.revokedKeys())];
  const alarms: Alarm[] = [];
  const outcome = await store.receiving(header, (tx) => takeIn({ ...options, revoked, arrival, alarms }, tx, envelope, bytes));
  if ("refused" in outcome) {
    options.onAlarm(outcome.refused);
    throw new FederationError(
      outcome.refused.code === "parked" ? "refused" : outcome.refused.code,
      "the chain does not continue the one known here",
      {
        remedy: "The sender begins a new epoch; an operator looks at what was quarantined.",
      },
    );
  }
  for (const alarm of alarms) options.onAlarm(alarm);
  if (outcome.applied) options.onApplied(header.from);
  return makeAck(identity, outcome.ack, options.now());
}

type Context<Effects> = ReceiverOptions<Effects> & {
  readonly revoked: string[];
  readonly arrival: Date;
  readonly alarms: Alarm[];
};

async function takeIn<Effects>(
  context: Context<Effects>,
  tx: InboundTx<Effects>,
  envelope: Envelope,
  bytes: Uint8Array,
): Promise<Outcome> {
  const { header } = envelope;
  const { from, to, epoch, lane, seq } = header;
  const start = genesis({ from, to, epoch, lane });
  const chain = (await tx.chain()) ?? { contiguous: 0, hash: start, quarantined: false };
  const hash = envelopeHash(header);
  const known = await tx.known(seq);
  const fork = async (code: "forked" | "chain-broken"): Promise<Outcome> => {
    await tx.quarantine({ seq, code, hash, envelope: bytes, at: chain });
    return { refused: { code, from, epoch, lane, seq } };
  };
  if (known !== undefined && known !== hash) return fork("forked");
  if (chain.quarantined && known === undefined)
    throw new FederationError("quarantined", "this chain is quarantined since its fork");
  let { contiguous, hash: head } = chain;
  const firstNew = contiguous + 1;
  if (known === undefined && seq > contiguous) {
    if (seq > contiguous + maxAhead) throw new FederationError("too-far-ahead", "too many envelopes are missing before this one");
    if (seq === contiguous + 1 && header.prevHash !== head) return fork("chain-broken");
    if (seq === contiguous + 1) {
      await applyItems(context, tx, envelope, bytes);
      await tx.advance(seq, hash);
      contiguous = seq;
      head = hash;
    } else {
      await tx.keep(seq, hash, bytes);
    }
    for (let next = await tx.kept(contiguous + 1); next !== undefined; next = await tx.kept(contiguous + 1)) {
      const waiting = decodeEnvelope(next);
      // The one kept does not follow: the chain stops before it, and it stays as evidence.
      if (waiting.header.prevHash !== head) {
        const at = { contiguous, hash: head };
        const evidence = { hash: envelopeHash(waiting.header), envelope: next };
        await tx.quarantine({ seq: contiguous + 1, code: "chain-broken", ...evidence, at });
        context.alarms.push({ code: "chain-broken", from, epoch, lane, seq: contiguous + 1 });
        break;
      }
      await applyItems(context, tx, waiting, next);
      contiguous += 1;
      head = envelopeHash(waiting.header);
      await tx.advance(contiguous, head);
    }
  }
  return {
    applied: contiguous >= firstNew,
    ack: {
      from: to,
      to: from,
      epoch,
      lane,
      contiguous,
      chainHead: head,
      ranges: (await tx.keptRanges()).slice(0, 64),
      parked: (await tx.parked(Math.min(seq, firstNew), Math.max(seq, contiguous))).slice(0, 1000),
      revoked: context.revoked,
    },
  };
}
