import { indexTerms, type JsonObject } from "@yizhan/records";
import { type SweepOutcome, sweep, VaultError } from "@yizhan/vault";
import { sql } from "kysely";
import { exactToken, sealedJson } from "../accounts/sealed-json.ts";
import type { CaseSummary } from "../cases/cases.ts";
import { open } from "../resources/sealed.ts";
import { storedTerms } from "../resources/terms.ts";
import type { Scope } from "../scope.ts";

export interface IndexSweepOptions {
  readonly scope: Scope;
  /** Where the passes go on, by table. */
  readonly cursors: Readonly<Record<string, string>>;
  save(table: string, cursor: string | undefined): Promise<void>;
  readonly signal?: AbortSignal;
}

const pageSize = 50;
const none = "";

/**
 * Moves every row's tokens to the primary index key, each row in one statement that compares what was read. Rows
 * stay findable throughout: queries ask under every key in use. Gives how many rows were moved or are to be seen again.
 */
export async function sweepIndexRows(options: IndexSweepOptions): Promise<number> {
  const resources = await sweepResources(options);
  const accounts = await sweepTable(options, "account", moveAccount);
  const cases = await sweepTable(options, "case_view", moveCase);
  const doors = await sweepTable(options, "patient_door", moveDoor);
  await moveSmallTables(options.scope);
  return resources + accounts + cases + doors;
}

interface ResourceRow {
  readonly row_id: number;
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly version: number;
  readonly sealed: Uint8Array | null;
  readonly updated_at: Date;
}

async function sweepResources({ scope, cursors, save, signal }: IndexSweepOptions): Promise<number> {
  const { db, vault } = scope;
  const result = await sweep<ResourceRow>({
    cursor: cursors.resource,
    ...(signal === undefined ? {} : { signal }),
    save: (cursor) => save("resource", cursor),
    async page(cursor) {
      const found = await sql<ResourceRow>`select row_id, tenant, type, id, subject, version, sealed, updated_at from resource
        where row_id > ${Number(cursor ?? "-1")}::bigint and index_version <> ${vault.indexVersion}::integer
        order by row_id limit ${pageSize}::integer`.execute(db);
      const last = found.rows.at(-1);
      return { rows: found.rows, next: last === undefined ? undefined : String(last.row_id) };
    },
    async move(row) {
      const terms = row.sealed === null ? [] : await termsOf({ ...scope, tenant: row.tenant }, row, row.sealed);
      const done = await sql`with old as (
          select row_id from resource where row_id = ${row.row_id}::bigint and version = ${row.version}::integer
            and index_version <> ${vault.indexVersion}::integer for update
        ), dropped as (
          delete from resource_index where row_id in (select row_id from old) and term <> all(${terms}::bigint[])
        ), indexed as (
          insert into resource_index (term, row_id) select term, row_id from old, unnest(${terms}::bigint[]) as term
          on conflict do nothing
        )
        update resource set index_version = ${vault.indexVersion}::integer from old
        where resource.row_id = old.row_id returning resource.row_id`.execute(db);
      return done.rows.length === 1 ? "moved" : "conflict";
    },
  });
  return result.moved + result.conflicts;
}

/** A forgotten patient's row keeps no terms. */
async function termsOf(scope: Scope, row: ResourceRow, sealed: Uint8Array): Promise<readonly string[]> {
  try {
    const { resource } = await open(scope, row, row.updated_at, sealed);
    return storedTerms(scope.vault, scope.tenant, indexTerms(resource as unknown as JsonObject));
  } catch (error) {
    if (error instanceof VaultError && error.code === "subject-forgotten") return [];
    throw error;
  }
}

type Keyed = "account" | "case_view" | "patient_door";
interface KeyedRow {
  readonly id: string;
  readonly tenant: string;
  readonly version: number;
  readonly sealed: Uint8Array;
  /** Of `case_view` only. */
  readonly subject?: string;
}
type Move = (scope: Scope, row: KeyedRow) => Promise<SweepOutcome>;

async function sweepTable({ scope, cursors, save, signal }: IndexSweepOptions, table: Keyed, move: Move): Promise<number> {
  const { db, vault } = scope;
  const result = await sweep<KeyedRow>({
    cursor: cursors[table],
    ...(signal === undefined ? {} : { signal }),
    save: (cursor) => save(table, cursor),
    async page(cursor) {
      const found = await sql<KeyedRow>`select * from ${sql.table(table)}
        where id collate "C" > ${cursor ?? none} and index_version <> ${vault.indexVersion}::integer
        order by id collate "C" limit ${pageSize}::integer`.execute(db);
      return { rows: found.rows, next: found.rows.at(-1)?.id };
    },
    move: (row) => move({ ...scope, tenant: row.tenant }, row),
  });
  return result.moved + result.conflicts;
}

async function moveAccount(scope: Scope, { id, version, sealed }: KeyedRow): Promise<SweepOutcome> {
  const { name } = await sealedJson(scope).open<{ name: string }>("account", id, version, sealed);
  const result = await scope.db
    .updateTable("account")
    .set({
      name_token: exactToken(scope, "account", "name", name.normalize("NFKC").toLowerCase().trim()),
      index_version: scope.vault.indexVersion,
    })
    .where("id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n ? "moved" : "conflict";
}

async function moveCase(scope: Scope, { id, version, sealed, subject = "" }: KeyedRow): Promise<SweepOutcome> {
  try {
    const { caseNumber } = await sealedJson(scope, subject).open<CaseSummary>("case_view", id, version, sealed);
    const number_token = exactToken(scope, "case_view", "number", caseNumber);
    const result = await scope.db
      .updateTable("case_view")
      .set({ number_token, access_token: null, index_version: scope.vault.indexVersion })
      .where("id", "=", id)
      .where("version", "=", version)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n ? "moved" : "conflict";
  } catch (error) {
    if (!(error instanceof VaultError && error.code === "subject-forgotten")) throw error;
    // Left behind by a forgetting that was interrupted: nobody can open it any more.
    await scope.db.deleteFrom("case_view").where("id", "=", id).execute();
    return "moved";
  }
}

async function moveDoor(scope: Scope, { id, version, sealed }: KeyedRow): Promise<SweepOutcome> {
  const { patientId } = await sealedJson(scope).open<{ patientId: string }>("patient_door", id, version, sealed);
  const result = await scope.db
    .updateTable("patient_door")
    .set({ patient_token: exactToken(scope, "patient_door", "patient", patientId), index_version: scope.vault.indexVersion })
    .where("id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n ? "moved" : "conflict";
}

/** Rows that live for minutes: a few, written anew as a whole. Guesses, challenges and kept answers run out by themselves. */
async function moveSmallTables(scope: Scope): Promise<void> {
  const { db } = scope;
  for (const { id, tenant, sealed } of await db.selectFrom("address_block").selectAll().execute()) {
    const own = { ...scope, tenant };
    const { address } = await sealedJson(own).open<{ address: string }>("address_block", id, 1, sealed);
    const address_token = exactToken(own, "address_block", "address", address);
    await db.updateTable("address_block").set({ address_token }).where("id", "=", id).execute();
  }
  for (const { id, tenant, sealed } of await db.selectFrom("patient_session").selectAll().execute()) {
    const own = { ...scope, tenant };
    const { patientId } = await sealedJson(own).open<{ patientId: string }>("patient_session", id, 1, sealed);
    const patient_token = exactToken(own, "patient_session", "patient", patientId);
    await db.updateTable("patient_session").set({ patient_token }).where("id", "=", id).execute();
  }
}
