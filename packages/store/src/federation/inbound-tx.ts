import type { InboundTx, Lane } from "@yizhan/federation";
import { sql } from "kysely";
import type { FederationHandle } from "./tables.ts";

/** The receiver's view of one transaction about one chain. */
export function inboundTx<Effects>(
  db: FederationHandle,
  chain: { from: string; epoch: number; lane: Lane },
  effects: Effects,
  now: () => Date,
): InboundTx<Effects> {
  const name = { from_node: chain.from, epoch: chain.epoch, lane: chain.lane };
  const envelopes = () =>
    db
      .selectFrom("fed_in_envelope")
      .where("from_node", "=", chain.from)
      .where("epoch", "=", chain.epoch)
      .where("lane", "=", chain.lane);
  let attempts = 0;
  return {
    effects,
    async chain() {
      const row = await db
        .selectFrom("fed_in_chain")
        .selectAll()
        .where("from_node", "=", chain.from)
        .where("epoch", "=", chain.epoch)
        .where("lane", "=", chain.lane)
        .executeTakeFirst();
      return row === undefined ? undefined : { contiguous: row.contiguous, hash: row.hash, quarantined: row.quarantined };
    },
    known: async (seq) => (await envelopes().select("hash").where("seq", "=", seq).executeTakeFirst())?.hash,
    async keep(seq, hash, bytes) {
      await db
        .insertInto("fed_in_envelope")
        .values({ ...name, seq, hash, received_at: now(), applied: false, bytes })
        .execute();
    },
    async kept(seq) {
      const row = await envelopes().select("bytes").where("seq", "=", seq).where("applied", "=", false).executeTakeFirst();
      return row?.bytes ?? undefined;
    },
    async keptRanges() {
      const rows = await envelopes().select("seq").where("applied", "=", false).orderBy("seq").execute();
      const ranges: [number, number][] = [];
      for (const { seq } of rows) {
        const last = ranges.at(-1);
        if (last !== undefined && last[1] + 1 === seq) last[1] = seq;
        else ranges.push([seq, seq]);
      }
      return ranges;
    },
    async advance(seq, hash) {
      await db
        .insertInto("fed_in_envelope")
        .values({ ...name, seq, hash, received_at: now(), applied: true, bytes: null })
        .onConflict((on) => on.columns(["from_node", "epoch", "lane", "seq"]).doUpdateSet({ applied: true, bytes: null }))
        .execute();
      await db
        .insertInto("fed_in_chain")
        .values({ ...name, contiguous: seq, hash, quarantined: false })
        .onConflict((on) => on.columns(["from_node", "epoch", "lane"]).doUpdateSet({ contiguous: seq, hash }))
        .execute();
    },
    async first(eventIds, seq) {
      const rows = await db
        .insertInto("fed_in_event")
        .values(eventIds.map((event_id) => ({ ...name, event_id, seq })))
        .onConflict((on) => on.doNothing())
        .returning("event_id")
        .execute();
      return new Set(rows.map((row) => row.event_id));
    },
    async waitsFor(key) {
      const row = await db
        .selectFrom("fed_parked")
        .select("event_id")
        .where("from_node", "=", chain.from)
        .where("key", "=", key)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async park({ seq, eventId, code, key, envelope }) {
      await db
        .insertInto("fed_parked")
        .values({ ...name, seq, event_id: eventId, code, key: key ?? null, envelope, parked_at: now() })
        .execute();
    },
    async parked(fromSeq, toSeq) {
      const rows = await db
        .selectFrom("fed_parked")
        .select(["seq", "event_id", "code"])
        .where("from_node", "=", chain.from)
        .where("epoch", "=", chain.epoch)
        .where("lane", "=", chain.lane)
        .where("seq", ">=", fromSeq)
        .where("seq", "<=", toSeq)
        .orderBy("seq")
        .execute();
      return rows.map((row) => ({ seq: row.seq, eventId: row.event_id, code: row.code }));
    },
    async quarantine({ seq, code, hash, envelope, at }) {
      await db
        .insertInto("fed_quarantine")
        .values({ ...name, seq, code, hash, envelope, seen_at: now() })
        .onConflict((on) => on.doNothing())
        .execute();
      await db
        .insertInto("fed_in_chain")
        .values({ ...name, contiguous: at.contiguous, hash: at.hash, quarantined: true })
        .onConflict((on) => on.columns(["from_node", "epoch", "lane"]).doUpdateSet({ quarantined: true }))
        .execute();
    },
    async attempt(work) {
      const savepoint = sql.raw(`attempt_${(attempts += 1)}`);
      await sql`savepoint ${savepoint}`.execute(db);
      try {
        await work();
      } catch (error) {
        await sql`rollback to savepoint ${savepoint}`.execute(db);
        throw error;
      }
      await sql`release savepoint ${savepoint}`.execute(db);
    },
  };
}
