import type { BodyItem, Decision, EventClass, Lane, SealingTx } from "@yizhan/federation";
import { sql } from "kysely";
import type { PayloadSeal } from "./payloads.ts";
import type { FederationHandle } from "./tables.ts";

/** The sealer's view of one transaction. */
export function sealingTx(db: FederationHandle, payloads: PayloadSeal, now: () => Date): SealingTx {
  return {
    async pending(limit) {
      const rows = await db.selectFrom("fed_outbox").selectAll().where("seq", "is", null).orderBy("id").limit(limit).execute();
      const found = [];
      for (const row of rows) {
        if (row.payload === null) continue;
        const event = {
          eventId: row.event_id,
          to: row.to_node,
          lane: row.lane as Lane,
          class: row.class as EventClass,
          type: row.type,
          schemaVersion: row.schema_version,
          payload: (await payloads.open(row.event_id, "payload", row.payload)) as Record<string, unknown>,
          ...(row.key === null ? {} : { key: row.key }),
        };
        const judged =
          row.judged === null
            ? undefined
            : ((await payloads.open(row.event_id, "judged", row.judged)) as { item: BodyItem; decision: Decision });
        found.push({ id: row.id, event, ...(judged === undefined ? {} : { judged }) });
      }
      return found;
    },
    async epoch(to) {
      const row = await db.selectFrom("fed_peer").select("epoch").where("node", "=", to).executeTakeFirst();
      return row?.epoch ?? 1;
    },
    async head(to, epoch, lane) {
      const row = await db
        .selectFrom("fed_chain")
        .select(["head_seq", "head_hash"])
        .where("to_node", "=", to)
        .where("epoch", "=", epoch)
        .where("lane", "=", lane)
        .executeTakeFirst();
      return row === undefined ? undefined : { seq: row.head_seq, hash: row.head_hash };
    },
    async count(cohorts) {
      const rows = await db
        .insertInto("fed_cohort")
        // In one order everywhere, so that two sealers could never wait for each other.
        .values([...cohorts].sort().map((cohort) => ({ cohort, people: 1 })))
        .onConflict((on) => on.column("cohort").doUpdateSet({ people: sql`fed_cohort.people + 1` }))
        .returning(["cohort", "people"])
        .execute();
      const people = new Map(rows.map((row) => [row.cohort, row.people]));
      return cohorts.map((cohort) => people.get(cohort) ?? 0);
    },
    async save({ to, epoch, lane, seq, hash, bytes, events }) {
      const at = now();
      const chain = { to_node: to, epoch, lane, head_seq: seq, head_hash: hash, acked_seq: 0, closed: false };
      await db
        .insertInto("fed_chain")
        .values(chain)
        .onConflict((on) => on.columns(["to_node", "epoch", "lane"]).doUpdateSet({ head_seq: seq, head_hash: hash }))
        .execute();
      await db
        .insertInto("fed_envelope")
        .values({ to_node: to, epoch, lane, seq, hash, bytes, created_at: at, acked_at: null })
        .execute();
      for (const { id, item, decision } of events) {
        const judged = await payloads.seal(item.eventId, "judged", { item, decision });
        await db.updateTable("fed_outbox").set({ epoch, seq, judged }).where("id", "=", id).execute();
      }
      const decisions = events
        .filter((event) => event.fresh)
        .map(({ decision }) => ({
          event_id: decision.eventId,
          class: decision.class,
          type: decision.type,
          verdict: decision.verdict,
          rule: decision.rule,
          policy_version: decision.policyVersion,
          digest_in: decision.digestIn,
          digest_out: decision.digestOut,
          decided_at: at,
        }));
      if (decisions.length > 0) await db.insertInto("fed_decision").values(decisions).execute();
    },
  };
}
