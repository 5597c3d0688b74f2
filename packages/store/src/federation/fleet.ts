import { type Kysely, sql } from "kysely";
import type { Database } from "../database/open.ts";
import type { Tables } from "../database/tables.ts";
import type { FederationTables } from "./tables.ts";

/** What a station last said of itself. */
export interface StationReport {
  readonly node: string;
  readonly status: string;
  readonly version: string;
  readonly pendingEvents: number;
  readonly lagMs: number;
}

export interface StationRow extends StationReport {
  readonly lastSeenAt: Date;
  readonly nextWithinMs: number;
}

export interface CaseCell {
  readonly node: string;
  readonly week: string;
  readonly language: string;
  readonly ageBand: string;
}

/** What the hub knows of its stations: no person, only machines and counts. */
export interface Fleet {
  /** Heard from a station now. `report` and `nextWithinMs` are kept where absent. */
  seen(node: string, at: Date, report?: StationReport, nextWithinMs?: number): Promise<void>;
  count(cell: CaseCell, what: "opened" | "closed"): Promise<void>;
  stations(): Promise<readonly StationRow[]>;
  totals(): Promise<readonly { readonly node: string; readonly opened: number; readonly closed: number }[]>;
  cells(node: string): Promise<readonly (CaseCell & { readonly opened: number; readonly closed: number })[]>;
}

/** Over a transaction's handle, or the database's own. */
export function fleet(handle: Kysely<Tables> | Database["kysely"]): Fleet {
  const db = handle.withTables<FederationTables>();
  return {
    async seen(node, at, report, nextWithinMs) {
      const told = {
        ...(report === undefined
          ? {}
          : { status: report.status, version: report.version, pending_events: report.pendingEvents, lag_ms: report.lagMs }),
        ...(nextWithinMs === undefined ? {} : { next_within_ms: nextWithinMs }),
      };
      await db
        .insertInto("fleet_station")
        .values({
          node,
          last_seen_at: at,
          next_within_ms: 60_000,
          status: "healthy",
          version: "0",
          pending_events: 0,
          lag_ms: 0,
          ...told,
        })
        .onConflict((on) =>
          on.column("node").doUpdateSet({ last_seen_at: sql`greatest(fleet_station.last_seen_at, ${at})`, ...told }),
        )
        .execute();
    },
    async count({ node, week, language, ageBand }, what) {
      const row = { node, week, language, age_band: ageBand, opened: 0, closed: 0, [what]: 1 };
      await db
        .insertInto("fleet_count")
        .values(row)
        .onConflict((on) =>
          on
            .columns(["node", "week", "language", "age_band"])
            .doUpdateSet({ [what]: sql`${sql.ref(`fleet_count.${what}`)} + 1` }),
        )
        .execute();
    },
    async stations() {
      const rows = await db.selectFrom("fleet_station").selectAll().orderBy("node").execute();
      return rows.map((row) => ({
        node: row.node,
        status: row.status,
        version: row.version,
        pendingEvents: row.pending_events,
        lagMs: row.lag_ms,
        lastSeenAt: row.last_seen_at,
        nextWithinMs: row.next_within_ms,
      }));
    },
    async totals() {
      const rows = await db
        .selectFrom("fleet_count")
        .select((on) => ["node", on.fn.sum<number>("opened").as("opened"), on.fn.sum<number>("closed").as("closed")])
        .groupBy("node")
        .execute();
      return rows.map((row) => ({ node: row.node, opened: Number(row.opened), closed: Number(row.closed) }));
    },
    async cells(node) {
      const rows = await db.selectFrom("fleet_count").selectAll().where("node", "=", node).orderBy("week").execute();
      return rows.map((row) => ({
        node: row.node,
        week: row.week,
        language: row.language,
        ageBand: row.age_band,
        opened: row.opened,
        closed: row.closed,
      }));
    },
  };
}
