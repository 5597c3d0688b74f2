import { type SealContext, type SubjectSealer, VaultError } from "@yizhan/vault";
import { type RawBuilder, sql } from "kysely";
import type { Scope } from "../scope.ts";

/** A table with values under the system's key, besides the records. */
interface SystemTable {
  readonly table: string;
  /** The row's name, as text. */
  readonly key: RawBuilder<string>;
  readonly column: string;
  readonly version: RawBuilder<number>;
  /** Whose row it is; null where the table does not say: then it is one of the tenants that there are. */
  readonly tenant: RawBuilder<string | null>;
  readonly rowId?: (key: string) => string;
}

const unversioned = sql<number>`1`;
const version = sql.ref<number>("version");
const tenant = sql.ref<string>("tenant");
const unsaid = sql<null>`null::text`;
const id = sql.ref<string>("id");

/** What `sealedJson` and `sealedPayloads` write. A table that is missing here would be lost with the old key: the test of the exchange looks at all of them. */
const tables: readonly SystemTable[] = [
  { table: "account", key: id, column: "sealed", version, tenant },
  { table: "application_token", key: id, column: "sealed", version: unversioned, tenant },
  { table: "address_block", key: id, column: "sealed", version: unversioned, tenant },
  { table: "patient_session", key: id, column: "sealed", version: unversioned, tenant },
  { table: "patient_door", key: id, column: "sealed", version, tenant },
  { table: "setting", key: sql.ref("name"), column: "sealed", version, tenant: unsaid },
  {
    table: "idempotency",
    key: sql`encode(key_token, 'hex')`,
    column: "sealed",
    version: unversioned,
    tenant: unsaid,
    rowId: (key) => Buffer.from(key, "hex").toString("base64url"),
  },
  ...["payload", "judged"].map((column) => ({
    table: "fed_outbox",
    key: sql.ref<string>("event_id"),
    column,
    version: unversioned,
    tenant: sql<string>`'system'`,
  })),
];

const pageSize = 50;

/**
 * Seals anew, a few rows at a time, what an older version of the system's key seals outside the records; each row by
 * compare-and-swap. Resolves how many were moved, or changed meanwhile and are to be seen again.
 */
export async function resealSystemRows(scope: Scope, sealer: SubjectSealer, signal: AbortSignal | undefined): Promise<number> {
  const tenants = await everyTenant(scope);
  let moved = 0;
  for (const one of tables) moved += await resealTable(scope, sealer, one, tenants, signal);
  return moved;
}

async function resealTable(
  { db }: Scope,
  sealer: SubjectSealer,
  { table, key, column, version, tenant, rowId = (name) => name }: SystemTable,
  tenants: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let moved = 0;
  let after = "";
  for (;;) {
    const { rows } = await sql<{ key: string; tenant: string | null; version: number; sealed: Uint8Array }>`
      select ${key} as key, ${tenant} as tenant, ${version} as version, ${sql.ref(column)} as sealed from ${sql.table(table)}
      where ${sql.ref(column)} is not null and ${key} collate "C" > ${after} order by ${key} collate "C" limit ${pageSize}::integer`.execute(
      db,
    );
    for (const row of rows) {
      signal?.throwIfAborted();
      const place = {
        table,
        // What `sealedJson` and `sealedPayloads` call it.
        column,
        rowId: rowId(row.key),
        subject: sealer.subject,
        schemaVersion: 1,
        rowVersion: row.version,
      };
      const next = resealIn(sealer, place, row.tenant === null ? tenants : [row.tenant], row.sealed);
      if (next === undefined) continue;
      moved += 1;
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${next}::bytea
        where ${key} = ${row.key} and ${sql.ref(column)} = ${row.sealed}::bytea`.execute(db);
    }
    const last = rows.at(-1);
    if (last === undefined) return moved;
    after = last.key;
  }
}

/** Under the tenant that the row belongs to. Throws `sealed-mismatch` when it is none of them. */
function resealIn(
  sealer: SubjectSealer,
  place: Omit<SealContext, "tenant">,
  tenants: readonly string[],
  sealed: Uint8Array,
): Uint8Array | undefined {
  for (const tenant of tenants) {
    try {
      return sealer.reseal({ ...place, tenant }, sealed);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== "sealed-mismatch" || tenant === tenants.at(-1)) throw error;
    }
  }
  return undefined;
}

/** Every organisation that has a row here, the node's own first. */
export async function everyTenant({ db, tenant }: Pick<Scope, "db" | "tenant">): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`select tenant from account union select tenant from application_token
    union select tenant from case_view union select tenant from resource`.execute(db);
  return [...new Set([tenant, ...rows.map((row) => row.tenant)])];
}
