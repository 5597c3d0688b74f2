import { systemSubject } from "@yizhan/records";
import { type SealContext, sweep, VaultError } from "@yizhan/vault";
import { type RawBuilder, sql } from "kysely";
import { digestOf, sealEntry } from "../audit/seals.ts";
import type { Scope } from "../scope.ts";
import type { RotateOptions } from "./index-key.ts";
import { type RotationProgress, rotationPlace, type RotationState } from "./state.ts";
import { everyTenant, resealSystemRows } from "./system-rows.ts";

const pageSize = 50;

/**
 * Exchanges every patient's key and the system's (accounts, tokens, settings, what belongs to no patient) while
 * serving, as far as it can go now: a new version for each that opens only (staged), that seals (promoted), then
 * the rows sealed anew and the old version destroyed. May be killed at any point and called again.
 */
export async function rotateRecordKeys(scope: Scope, { settleMs, signal }: RotateOptions): Promise<RotationProgress> {
  const place = rotationPlace(scope, "rotation/records");
  const { keys } = scope.vault;
  let state: RotationState = (await place.read()) ?? { step: "staged", version: 0, since: 0, cursors: {} };
  const pass = async (work: (subject: string) => Promise<void>, next: RotationState["step"]) => {
    await eachPatient(scope, state, work, signal, async (cursor) => {
      state = { ...state, cursors: cursor === undefined ? {} : { patient: cursor } };
      await place.write(state);
    });
    await work(systemSubject);
    state = { ...state, step: next, since: scope.now(), cursors: {} };
    await place.write(state);
  };
  if (state.since === 0) {
    await pass(async (subject) => {
      const versions = await keys.versions(subject);
      // Staged by a pass that was killed: `since` is written when all are.
      if (!versions.some((one) => one.state === "staged")) await keys.stage(subject);
    }, "staged");
  }
  if (state.step === "staged") {
    if (scope.now() < state.since + settleMs) return { done: false, step: "staged", at: state.since + settleMs };
    await pass(async (subject) => {
      for (const one of await keys.versions(subject)) if (one.state === "staged") await keys.promote(subject, one.version);
    }, "promoted");
  }
  if (state.step === "promoted") {
    if (scope.now() < state.since + settleMs) return { done: false, step: "promoted", at: state.since + settleMs };
    await pass((subject) => (subject === systemSubject ? resealSystem(scope, signal) : resealPatient(scope, subject)), "swept");
  }
  await place.clear();
  return { done: true };
}

async function eachPatient(
  { db }: Scope,
  { cursors }: RotationState,
  work: (subject: string) => Promise<void>,
  signal: AbortSignal | undefined,
  save: (cursor: string | undefined) => Promise<void>,
): Promise<void> {
  await sweep<string>({
    cursor: cursors.patient,
    ...(signal === undefined ? {} : { signal }),
    save,
    async page(cursor) {
      const found = await sql<{ subject: string }>`select subject from (
          select subject from resource union select subject from resource_history union select subject from case_view
        ) as every where subject <> ${systemSubject} and subject collate "C" > ${cursor ?? ""}
        group by subject order by subject collate "C" limit ${pageSize}::integer`.execute(db);
      return { rows: found.rows.map((row) => row.subject), next: found.rows.at(-1)?.subject };
    },
    async move(subject) {
      try {
        await work(subject);
        return "moved";
      } catch (error) {
        // Forgotten, or never had a key: there is nothing to exchange.
        if (error instanceof VaultError && (error.code === "subject-forgotten" || error.code === "subject-unknown"))
          return "current";
        throw error;
      }
    },
  });
}

interface SealedRow {
  readonly where: string;
  readonly context: SealContext;
  readonly sealed: Uint8Array;
}

/** Seals one patient's rows under the new version and destroys the others; again from the beginning until none is left. */
async function resealPatient(scope: Scope, subject: string): Promise<void> {
  const { vault } = scope;
  for (let moved = await resealRows(scope, subject); moved > 0;) moved = await resealRows(scope, subject);
  // Patients are named `tenant:id`.
  await scope.files?.reseal(subject.slice(0, subject.indexOf(":")), subject);
  const versions = (await vault.keys.versions(subject)).filter((one) => one.state === "live");
  for (const { version } of versions.slice(0, -1)) {
    await vault.keys.retire(subject, version, async () => {
      const sealer = await vault.subject(subject);
      return (await rowsOf(scope, subject)).some((row) => sealer.reseal(row.context, row.sealed) !== undefined);
    });
  }
}

/** The same of the system's key: a few rows at a time, for there may be many, from the beginning after a kill. */
async function resealSystem(scope: Scope, signal: AbortSignal | undefined): Promise<void> {
  const { vault, db } = scope;
  const pass = async (): Promise<number> => {
    let moved = await resealSystemRows(scope, await vault.subject(systemSubject), signal);
    let after = "-1";
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await sql<{ row_id: string }>`select row_id::text as row_id from resource
        where subject = ${systemSubject} and row_id > ${after}::bigint order by row_id limit ${pageSize}::integer`.execute(db);
      const last = rows.at(-1);
      if (last === undefined) return moved;
      moved += await resealRows(scope, systemSubject, { after, last: last.row_id });
      after = last.row_id;
    }
  };
  while ((await pass()) > 0);
  for (const tenant of await everyTenant(scope)) await scope.files?.reseal(tenant, systemSubject);
  const versions = (await vault.keys.versions(systemSubject)).filter((one) => one.state === "live");
  for (const { version } of versions.slice(0, -1)) {
    await vault.keys.retire(systemSubject, version, async () => (await pass()) > 0);
  }
}

/** Resolves how many rows were still sealed with an older version. */
async function resealRows(scope: Scope, subject: string, range?: RowRange): Promise<number> {
  const sealer = await scope.vault.subject(subject);
  const found = (await rowsOf(scope, subject, range)).flatMap((row) => {
    const next = sealer.reseal(row.context, row.sealed);
    return next === undefined ? [] : [{ row, next }];
  });
  // Said before it is done: where it is not done after all, the next pass says so again of the same rows.
  const records = found.filter(({ row }) => row.context.table === "resource");
  // What is in the history is current in no row, before and after.
  const past = records.filter(({ row }) => row.where.startsWith("resource_history"));
  const was = [...records.map(({ row }) => row.sealed), ...past.map(({ next }) => next)];
  const note = { sealed: records.map(({ next }) => digestOf(next)), was: was.map(digestOf) };
  if (records.length > 0) await scope.log([sealEntry(scope.now(), note)]);
  for (const { row, next } of found) await replace(scope, row, next);
  return found.length;
}

async function replace({ db }: Scope, { where, sealed }: SealedRow, next: Uint8Array): Promise<void> {
  const [table = "", column = "", ...key] = where.split("\n");
  const place =
    table === "case_view"
      ? sql`id = ${key[0]}`
      : table === "resource"
        ? sql`row_id = ${key[0]}::bigint`
        : sql`row_id = ${key[0]}::bigint and version = ${key[1]}::integer`;
  // What was read is compared: a row that changed meanwhile is seen again.
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${next}::bytea
    where ${place} and ${sql.ref(column)} = ${sealed}::bytea`.execute(db);
}

/** Row numbers above one, up to another. */
interface RowRange {
  readonly after: string;
  readonly last: string;
}

async function rowsOf({ db }: Scope, subject: string, range?: RowRange): Promise<SealedRow[]> {
  const within = (number: RawBuilder<unknown>) =>
    range === undefined ? sql`` : sql` and ${number} > ${range.after}::bigint and ${number} <= ${range.last}::bigint`;
  const found: SealedRow[] = [];
  const add = (
    where: string,
    tenant: string,
    place: { table: string; column: string; rowId: string; version: number },
    sealed: Uint8Array | null,
  ) => {
    if (sealed === null) return;
    const { table, column, rowId, version } = place;
    found.push({ where, context: { tenant, table, column, rowId, subject, schemaVersion: 1, rowVersion: version }, sealed });
  };
  const resources = await sql<{
    row_id: number;
    tenant: string;
    type: string;
    id: string;
    version: number;
    sealed: Uint8Array | null;
    past: boolean;
  }>`
    select row_id, tenant, type, id, version, sealed, false as past from resource where subject = ${subject}${within(sql.ref("row_id"))}
    union all select h.row_id, r.tenant, r.type, r.id, h.version, h.sealed, true
    from resource_history h join resource r on r.row_id = h.row_id where h.subject = ${subject}${within(sql.ref("h.row_id"))}`.execute(
    db,
  );
  for (const { row_id, tenant, type, id, version, sealed, past } of resources.rows) {
    const where = past ? `resource_history\nsealed\n${row_id}\n${version}` : `resource\nsealed\n${row_id}`;
    add(where, tenant, { table: "resource", column: "content", rowId: `${type}/${id}`, version }, sealed);
  }
  for (const row of await db.selectFrom("case_view").selectAll().where("subject", "=", subject).execute()) {
    const { id, tenant, version, sealed, access_sealed, access_version } = row;
    add(`case_view\nsealed\n${id}`, tenant, { table: "case_view", column: "sealed", rowId: id, version }, sealed);
    add(
      `case_view\naccess_sealed\n${id}`,
      tenant,
      { table: "case_access", column: "sealed", rowId: id, version: access_version },
      access_sealed,
    );
  }
  return found;
}
