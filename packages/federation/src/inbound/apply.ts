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
  const items = openEnvelope(envelope, context.identity);
  // Seen under another epoch or seq: its effect is there already.
  const first = new Set(await tx.first([...new Set(items.map((item) => item.eventId))], seq));
  const events: ReceivedEvent[] = [];
  // `delete` says whether it was there: the same id twice in one body counts once, too.
  for (const item of items) if (first.delete(item.eventId) && !("withheld" in item)) events.push(item);
  if (await applyTogether(context, tx, events, arrival)) return;
  for (const event of events) {
    const code = await refusal(context, tx, event, arrival);
    if (code === undefined) continue;
    await tx.park({ seq, eventId: event.eventId, code, key: event.key, envelope: bytes });
    context.alarms.push({ code: "parked", from, epoch, lane, seq });
  }
}

/** The common case, under one savepoint: nothing is wrong with any event. False, and nothing done, otherwise. */
async function applyTogether<Effects>(
  context: ApplyContext<Effects>,
  tx: InboundTx<Effects>,
  events: readonly ReceivedEvent[],
  arrival: Arrival,
): Promise<boolean> {
  if (events.some((event) => event.key !== undefined || shapeRefusal(event) !== undefined)) return false;
  try {
    await tx.attempt(async () => {
      for (const event of events) await context.effect(tx.effects, event, arrival);
    });
    return true;
  } catch (error) {
    if (context.store.isTransient(error)) throw error;
    return false;
  }
}

function shapeRefusal(item: ReceivedEvent): string | undefined {
  if (!(eventClasses as readonly string[]).includes(item.class)) return "class-unknown";
  const kind = eventKind(item.type, item.schemaVersion);
  if (kind === undefined) return "type-unknown";
  if (kind.class !== item.class) return "class-mismatch";
  return kind.payload.safeParse(item.payload).success ? undefined : "payload-refused";
}

async function refusal<Effects>(
  context: ApplyContext<Effects>,
  tx: InboundTx<Effects>,
  item: ReceivedEvent,
  arrival: Arrival,
): Promise<string | undefined> {
  const shape = shapeRefusal(item);
  if (shape !== undefined) return shape;
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
