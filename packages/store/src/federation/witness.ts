import { sql } from "kysely";
import type { Database } from "../database/open.ts";
import { type Migration, statements } from "../database/migrate.ts";
import type { FederationTables } from "./tables.ts";

/** What the hub holds of its stations' audit logs: signed roots, no entry. */
export const witnessMigration: Migration = {
  name: "2026-11-23-witness",
  up: (db) =>
    statements(
      db,
      `
create table fleet_checkpoint (
  id bigint generated always as identity primary key,
  node text not null,
  size bigint not null,
  note text not null,
  seen_at timestamptz not null,
  contradicts text
);
create index fleet_checkpoint_newest on fleet_checkpoint (node, id);
`,
    ),
};

/** How a station's new checkpoint contradicts the one held before. */
export type Contradiction = "cut-back" | "rewritten";

export interface HeldCheckpoint {
  /** Stays the same while the checkpoints that follow continue it; a contradiction begins another. */
  readonly id: number;
  readonly node: string;
  /** Entries that it covers. */
  readonly size: number;
  /** As signed. */
  readonly note: string;
  readonly seenAt: Date;
  /** How it contradicts the one held before it, which is kept as evidence. */
  readonly contradicts: Contradiction | undefined;
}

export interface CheckpointStore {
  /** Looks at the one held of a node and at what to do with it, as one step: nothing, or the note that takes its place or stands beside it. */
  judge<T>(
    node: string,
    work: (held: HeldCheckpoint | undefined) => { readonly keep?: Omit<HeldCheckpoint, "node" | "id">; readonly result: T },
  ): Promise<T>;
  /** Of one node, oldest first: more than one where one contradicted another. */
  of(node: string): Promise<readonly HeldCheckpoint[]>;
  /** The newest of each node. */
  newest(): Promise<readonly HeldCheckpoint[]>;
}

type Row = FederationTables["fleet_checkpoint"];

/** Over the hub's database. */
export function openCheckpointStore(database: Pick<Database, "kysely">): CheckpointStore {
  const db = database.kysely.withTables<FederationTables>();
  return {
    judge: (node, work) =>
      db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`witness/${node}`}, 0))`.execute(tx);
        const newest = tx.selectFrom("fleet_checkpoint").selectAll().where("node", "=", node).orderBy("id", "desc").limit(1);
        const row = await newest.executeTakeFirst();
        const { keep, result } = work(row === undefined ? undefined : asHeld(row));
        if (keep === undefined) return result;
        const { size, note, seenAt, contradicts } = keep;
        if (row === undefined || contradicts !== undefined) {
          const told = { node, size, note, seen_at: seenAt, contradicts: contradicts ?? null };
          await tx.insertInto("fleet_checkpoint").values(told).execute();
        } else {
          await tx.updateTable("fleet_checkpoint").set({ size, note, seen_at: seenAt }).where("id", "=", row.id).execute();
        }
        return result;
      }),
    async of(node) {
      const rows = await db.selectFrom("fleet_checkpoint").selectAll().where("node", "=", node).orderBy("id").execute();
      return rows.map(asHeld);
    },
    async newest() {
      const rows = await db
        .selectFrom("fleet_checkpoint")
        .selectAll()
        .distinctOn("node")
        .orderBy("node")
        .orderBy("id", "desc")
        .execute();
      return rows.map(asHeld);
    },
  };
}

function asHeld(row: Omit<Row, "id"> & { readonly id: number }): HeldCheckpoint {
  return {
    id: Number(row.id),
    node: row.node,
    size: Number(row.size),
    note: row.note,
    seenAt: row.seen_at,
    contradicts: row.contradicts === null ? undefined : (row.contradicts as Contradiction),
  };
}
