import type { Lane, OutboundStore } from "@yizhan/federation";
import { sql } from "kysely";
import type { Database } from "../database/open.ts";
import { outboxWriter } from "./outbox.ts";
import type { PayloadSeal } from "./payloads.ts";
import { sealingTx } from "./sealing.ts";
import type { FederationTables } from "./tables.ts";

/** Any fixed number: one sealer at a time, whatever process it runs in. */
const sealerLock = 4_200_732;

/** The sending side over `database`. The node's `payloads` seal must be the one its outbox is written with. */
export function openOutbound(
  database: Pick<Database, "kysely">,
  payloads: PayloadSeal,
  now: () => Date = () => new Date(),
): OutboundStore {
  const db = database.kysely.withTables<FederationTables>();
  const chainOf = (to: string, epoch: number, lane: Lane) => ({ to_node: to, epoch, lane });
  return {
    append: (event) => outboxWriter(database.kysely, payloads, now).append(event),
    async peer(node) {
      const row = await db.selectFrom("fed_peer").selectAll().where("node", "=", node).executeTakeFirst();
      if (row === undefined || row.membership === "") return undefined;
      const identity = { node: row.node, keyId: row.key_id, signKey: row.sign_key, boxKey: row.box_key };
      return { identity, membership: row.membership };
    },
    async savePeer({ identity, membership }) {
      const keys = { key_id: identity.keyId, sign_key: identity.signKey, box_key: identity.boxKey, membership };
      await db
        .insertInto("fed_peer")
        .values({ node: identity.node, ...keys, epoch: 1 })
        .onConflict((on) => on.column("node").doUpdateSet(keys))
        .execute();
    },
    async forgetPeer(node) {
      // The epoch stays: it never goes back.
      await db.updateTable("fed_peer").set({ membership: "" }).where("node", "=", node).execute();
    },
    sealing: (work) =>
      db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(sealerLock)})`.execute(transaction);
        return work(sealingTx(transaction, payloads, now));
      }),
    async unacked(to, lanes, limit) {
      const found = [];
      for (const lane of lanes) {
        const rows = await db
          .selectFrom("fed_envelope")
          .select(["epoch", "seq", "hash", "bytes"])
          .where("to_node", "=", to)
          .where("lane", "=", lane)
          .where("acked_at", "is", null)
          .orderBy("epoch")
          .orderBy("seq")
          .limit(limit - found.length)
          .execute();
        for (const row of rows) if (row.bytes !== null) found.push({ ...row, lane, bytes: row.bytes });
        if (found.length >= limit) break;
      }
      return found;
    },
    async chains(to) {
      const rows = await db.selectFrom("fed_chain").selectAll().where("to_node", "=", to).orderBy("epoch").execute();
      return rows.map((row) => ({
        epoch: row.epoch,
        lane: row.lane as Lane,
        headSeq: row.head_seq,
        headHash: row.head_hash,
        ackedSeq: row.acked_seq,
        closed: row.closed,
      }));
    },
    async envelope(to, epoch, lane, seq) {
      const row = await db
        .selectFrom("fed_envelope")
        .select(["hash", sql<boolean>`bytes is not null`.as("kept")])
        .where("to_node", "=", to)
        .where("epoch", "=", epoch)
        .where("lane", "=", lane)
        .where("seq", "=", seq)
        .executeTakeFirst();
      return row === undefined ? undefined : { hash: row.hash, bytesKept: row.kept };
    },
    acknowledged: (to, epoch, lane, contiguous, parked) =>
      db.transaction().execute(async (tx) => {
        const where = chainOf(to, epoch, lane);
        const at = now();
        await sql`
          update fed_envelope set acked_at = ${at}
          where to_node = ${where.to_node} and epoch = ${epoch} and lane = ${lane} and seq <= ${contiguous} and acked_at is null
        `.execute(tx);
        await sql`
          update fed_outbox set done_at = ${at}, payload = null, judged = null
          where to_node = ${where.to_node} and epoch = ${epoch} and lane = ${lane} and seq <= ${contiguous} and done_at is null
        `.execute(tx);
        await sql`
          update fed_chain set acked_seq = greatest(acked_seq, ${contiguous})
          where to_node = ${where.to_node} and epoch = ${epoch} and lane = ${lane}
        `.execute(tx);
        for (const { seq, eventId, code } of parked) {
          await tx
            .insertInto("fed_refused_here")
            .values({ ...where, seq, event_id: eventId, code })
            .onConflict((on) => on.doNothing())
            .execute();
        }
      }),
    rewind: (to, epoch, lane, contiguous) =>
      db.transaction().execute(async (tx) => {
        await sql`
          update fed_envelope set acked_at = null
          where to_node = ${to} and epoch = ${epoch} and lane = ${lane} and seq > ${contiguous}
        `.execute(tx);
        await sql`
          update fed_chain set acked_seq = ${contiguous} where to_node = ${to} and epoch = ${epoch} and lane = ${lane}
        `.execute(tx);
      }),
    beginEpoch: (to, epoch) =>
      db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(sealerLock)})`.execute(tx);
        await sql`update fed_outbox set epoch = null, seq = null where to_node = ${to} and done_at is null`.execute(tx);
        await sql`delete from fed_envelope where to_node = ${to} and acked_at is null`.execute(tx);
        await sql`update fed_chain set closed = true where to_node = ${to}`.execute(tx);
        await sql`update fed_peer set epoch = ${epoch} where node = ${to}`.execute(tx);
      }),
    async backlog(to) {
      const row = await db
        .selectFrom("fed_outbox")
        .select((on) => [on.fn.countAll().as("events"), on.fn.min("created_at").as("oldest")])
        .where("to_node", "=", to)
        .where("done_at", "is", null)
        .executeTakeFirstOrThrow();
      return { events: Number(row.events), oldestAt: row.oldest ?? undefined };
    },
    async written(to, type) {
      const row = await db
        .selectFrom("fed_outbox")
        .select((on) => on.fn.countAll().as("events"))
        .where("to_node", "=", to)
        .where("type", "=", type)
        .executeTakeFirstOrThrow();
      return Number(row.events);
    },
    async purge(before) {
      const result = await db
        .updateTable("fed_envelope")
        .set({ bytes: null })
        .where("acked_at", "<", before)
        .where("bytes", "is not", null)
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },
  };
}
