import { sql } from "kysely";
import { VaultError } from "@yizhan/vault";
import type { Scope } from "../scope.ts";
import { sweepIndexRows } from "./index-rows.ts";
import { type RotationPlace, type RotationProgress, rotationPlace, type RotationState } from "./state.ts";

export interface RotateOptions {
  /** Milliseconds within which every process reads the keys anew; nothing is taken for granted before. */
  readonly settleMs: number;
  readonly signal?: AbortSignal;
}

const subject = "#index";

/**
 * Exchanges the blind index's key while serving, as far as it can go now: a new key that only looks (staged), that
 * writes (promoted), every row moved (swept), the old one destroyed. May be killed at any step and called again;
 * an exchange that is under way is gone on with, never begun twice.
 */
export async function rotateIndexKey(scope: Scope, { settleMs, signal }: RotateOptions): Promise<RotationProgress> {
  const place = rotationPlace(scope, "rotation/index");
  const { vault } = scope;
  let state = await place.read();
  if (state === undefined) {
    // Staging twice names the same version: killed between the two, the next call finds what was staged.
    state = await reach(place, { step: "staged", version: await vault.keys.stage(subject), since: scope.now(), cursors: {} });
  }
  await vault.refresh();
  if (state.step === "staged") {
    if (scope.now() < state.since + settleMs) return { done: false, step: "staged", at: state.since + settleMs };
    await vault.keys.promote(subject, state.version);
    state = await reach(place, { ...state, step: "promoted", since: scope.now() });
  }
  if (state.step === "promoted") {
    // A process that has not read the keys anew writes with the old one still: its rows are for the last pass.
    if (scope.now() < state.since + settleMs) return { done: false, step: "promoted", at: state.since + settleMs };
    let current: RotationState = state;
    const save = async (table: string, cursor: string | undefined) => {
      const { [table]: _before, ...others } = current.cursors;
      current = await reach(place, { ...current, cursors: cursor === undefined ? others : { ...others, [table]: cursor } });
    };
    let left: number;
    do {
      left = await sweepIndexRows({ scope, cursors: current.cursors, save, ...(signal === undefined ? {} : { signal }) });
    } while (left > 0);
    state = await reach(place, { ...current, step: "swept", since: scope.now(), cursors: {} });
  }
  const { version } = state;
  for (const old of await vault.keys.versions(subject)) {
    if (old.version === version || old.state === "retired") continue;
    try {
      await vault.keys.retire(subject, old.version, () => inUse(scope, version));
    } catch (error) {
      if (!(error instanceof VaultError && error.code === "key-in-use")) throw error;
      return { done: false, step: "swept", at: scope.now() + 3_600_000 };
    }
  }
  await vault.refresh();
  await place.clear();
  return { done: true };
}

async function reach(place: RotationPlace, state: RotationState): Promise<RotationState> {
  await place.write(state);
  return state;
}

/** Whether a row may still be found by an older key only. Kept answers to retries are known by their hash alone: they must run out. */
async function inUse(scope: Scope, version: number): Promise<boolean> {
  const { db, now } = scope;
  const place = await rotationPlace(scope, "rotation/index").read();
  const kept = await db
    .selectFrom("idempotency")
    .select("created_at")
    .where("created_at", "<", new Date(place?.since ?? now()))
    .limit(1)
    .executeTakeFirst();
  if (kept !== undefined) return true;
  for (const table of ["resource", "account", "case_view", "patient_door"]) {
    const older = await sql`select 1 from ${sql.table(table)} where index_version <> ${version}::integer limit 1`.execute(db);
    if (older.rows.length > 0) return true;
  }
  return false;
}
