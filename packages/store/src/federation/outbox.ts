import type { OutboxWriter } from "@yizhan/federation";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";
import type { PayloadSeal } from "./payloads.ts";
import type { FederationTables } from "./tables.ts";

/** What PostgreSQL's LISTEN hears of each commit that wrote to the outbox. */
export const outboxChannel = "yizhan_outbox";

/** The outbox's writer for one transaction: `openStore({ outbox: (tx) => outboxWriter(tx, payloads) })`. */
export function outboxWriter(
  transaction: Kysely<Tables>,
  payloads: PayloadSeal,
  now: () => Date = () => new Date(),
): OutboxWriter {
  const db = transaction.withTables<FederationTables>();
  return {
    async append(event) {
      await db
        .insertInto("fed_outbox")
        .values({
          event_id: event.eventId,
          to_node: event.to,
          lane: event.lane,
          class: event.class,
          type: event.type,
          schema_version: event.schemaVersion,
          key: event.key ?? null,
          payload: await payloads.seal(event.eventId, "payload", event.payload),
          created_at: now(),
          judged: null,
          epoch: null,
          seq: null,
          done_at: null,
        })
        .execute();
      // Delivered after the commit, and only then, to whoever listens in other processes.
      await sql`select pg_notify(${outboxChannel}, '')`.execute(transaction);
    },
  };
}
