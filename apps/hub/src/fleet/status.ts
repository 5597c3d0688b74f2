import type { Contradiction, HeldCheckpoint, StationRow } from "@yizhan/store";
import type { Acknowledgement } from "./acknowledgements.ts";

export type StationStatus = "healthy" | "late" | "down" | "never";

export interface StationView {
  readonly node: string;
  readonly status: StationStatus;
  readonly lastSeenAt: string | null;
  readonly lagMs: number;
  readonly opened: number;
  readonly closed: number;
  readonly pendingEvents: number;
  readonly version: string | null;
  /** What the hub witnessed of its audit log; null before the station told of it. */
  readonly auditLog: AuditView | null;
}

export interface AuditView {
  /** Entries under the newest checkpoint held. */
  readonly entries: number;
  readonly at: string;
  /** How it contradicts the one before: a restore from a backup, or someone at work. */
  readonly contradicts: Contradiction | null;
  /** Names the checkpoint that contradicts; what is acknowledged is this one, and none that comes later. */
  readonly checkpoint: number;
  /** Who said why it is shorter or another, after a restore for instance. */
  readonly acknowledged: { readonly by: string; readonly at: string; readonly reason: string } | null;
}

export function auditView(held: HeldCheckpoint | undefined, given: Acknowledgement | undefined): AuditView | null {
  if (held === undefined) return null;
  return {
    entries: held.size,
    at: held.seenAt.toISOString(),
    contradicts: held.contradicts ?? null,
    checkpoint: held.id,
    acknowledged: given === undefined ? null : { by: given.by.name, at: given.at, reason: given.reason },
  };
}

/** A sign of life may be this much later than announced: a slow link, a busy machine. */
const graceMs = 5_000;

/** When a station that was last heard of in `row` becomes late, and when down (epoch ms). */
export function turns(row: Pick<StationRow, "lastSeenAt" | "nextWithinMs">): { readonly late: number; readonly down: number } {
  const seen = row.lastSeenAt.getTime();
  return { late: seen + 2 * row.nextWithinMs + graceMs, down: seen + 6 * row.nextWithinMs + graceMs };
}

/** `late` after two missed signs of life, `down` after six, or at once when it said that it stops. */
export function statusOf(row: Pick<StationRow, "lastSeenAt" | "nextWithinMs" | "status">, now: number): StationStatus {
  const { late, down } = turns(row);
  if (row.status === "stopping" || now >= down) return "down";
  return now >= late ? "late" : "healthy";
}

/** When the next station changes its status by silence alone, or undefined. */
export function nextTurn(rows: readonly StationRow[], now: number): number | undefined {
  const coming = rows
    .filter((row) => row.status !== "stopping")
    .flatMap((row) => Object.values(turns(row)))
    .filter((at) => at > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
}
