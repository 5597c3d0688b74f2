import type { Identity } from "@yizhan/vault";
import { eventKind } from "../events/catalogue.ts";
import type { ReceivedEvent } from "../envelope/body.ts";
import { openEnvelope } from "../envelope/check.ts";
import type { Envelope } from "../envelope/wire.ts";
import { PoisonEvent } from "../errors.ts";
import { eventClasses } from "../types.ts";
import type { InboundStore, InboundTx } from "./ports.ts";
import type { Alarm, Arrival, Effect } from "./receiver.ts";

interface ApplyContext<Effects> {
  readonly identity: Identity;
  readonly store: Pick<InboundStore<Effects>, "isTransient">;
  readonly effect: Effect<Effects>;
  readonly arrival: Date;
  readonly alarms: Alarm[];
}

/** Lets each event of an envelope take effect once. One that cannot is parked; the others go on. */
export async function applyItems<Effects>(
  context: ApplyContext<Effects>,
  tx: InboundTx<Effects>,
  envelope: Envelope,
  bytes: Uint8Array,
): Promise<void> {
  const { from, epoch, lane, seq, createdAt } = envelope.header;
  const arrival: Arrival = { from, receivedAt: context.arrival, createdAt: new Date(createdAt) };
  for (const item of openEnvelope(envelope, context.identity)) {
    // Seen under another epoch or seq: its effect is there already.
    if (!(await tx.first(item.eventId, seq))) continue;
    if ("withheld" in item) continue;
    const code = await refusal(context, tx, item, arrival);
    if (code === undefined) continue;
    await tx.park({ seq, eventId: item.eventId, code, key: item.key, envelope: bytes });
    context.alarms.push({ code: "parked", from, epoch, lane, seq });
  }
}

async function refusal<Effects>(
  context: ApplyContext<Effects>,
  tx: InboundTx<Effects>,
  item: ReceivedEvent,
  arrival: Arrival,
): Promise<string | undefined> {
  if (!(eventClasses as readonly string[]).includes(item.class)) return "class-unknown";
  const kind = eventKind(item.type, item.schemaVersion);
  if (kind === undefined) return "type-unknown";
  if (kind.class !== item.class) return "class-mismatch";
  if (!kind.payload.safeParse(item.payload).success) return "payload-refused";
  if (item.key !== undefined && (await tx.waitsFor(item.key))) return "waits-for-parked";
  try {
    await tx.attempt(() => context.effect(tx.effects, item, arrival));
    return undefined;
  } catch (error) {
    if (error instanceof PoisonEvent) return error.code;
    if (context.store.isTransient(error)) throw error;
    return "effect-failed";
  }
}
