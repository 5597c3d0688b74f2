import { VaultError } from "@yizhan/vault";
import { sql } from "kysely";
import type { Database } from "../database/open.ts";
import { StoreError } from "../errors.ts";
import { rowWrites } from "../resources/rows.ts";
import type { Along } from "./along.ts";

interface NodeName {
  readonly level: number;
  readonly index: number;
}

/** The vault's `AuditStorage` over two tables: entries as they are, and the hashes of complete subtrees. */
export function auditStorage(database: Pick<Database, "kysely">) {
  const db = database.kysely;
  async function size(): Promise<number> {
    const result = await sql<{ size: number | null }>`select max(index) + 1 as size from audit_entry`.execute(db);
    return Number(result.rows[0]?.size ?? 0);
  }
  return {
    size,
    async nodes(ids: readonly NodeName[]): Promise<readonly Uint8Array[]> {
      if (ids.length === 0) return [];
      const result = await sql<{ hash: Uint8Array }>`select n.hash
        from unnest(${ids.map((id) => id.level)}::integer[], ${ids.map((id) => id.index)}::bigint[]) with ordinality as w (level, index, place)
        join audit_node n on n.level = w.level and n.index = w.index order by w.place`.execute(db);
      if (result.rows.length !== ids.length) throw new VaultError("log-broken");
      return result.rows.map((row) => new Uint8Array(row.hash));
    },
    async append(
      index: number,
      entries: readonly Uint8Array[],
      nodes: readonly (NodeName & { readonly hash: Uint8Array })[],
      along: Along = {},
    ): Promise<boolean> {
      const rows = along.rows === undefined ? sql`` : sql`, ${rowWrites(along.rows, "fits")}`;
      const settled =
        along.settled === undefined
          ? sql``
          : sql`, settled as (delete from audit_pending using fits where id = any(${[...along.settled]}::bigint[]))`;
      try {
        const result = await sql<{ index: number }>`with fits as (
            select 1 where coalesce((select max(index) + 1 from audit_entry), 0) = ${index}::bigint
          ), grown as (
            insert into audit_node (level, index, hash)
            select n.level, n.index, n.hash from fits, unnest(${nodes.map((node) => node.level)}::integer[],
              ${nodes.map((node) => node.index)}::bigint[], ${nodes.map((node) => node.hash)}::bytea[]) as n (level, index, hash)
          )${rows}${settled}
          insert into audit_entry (index, entry)
          select ${index}::bigint + e.place - 1, e.entry from fits, unnest(${[...entries]}::bytea[]) with ordinality as e (entry, place)
          returning index`.execute(db);
        return result.rows.length === entries.length;
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== "duplicate") throw error;
        // Another process appended at the same moment; or the id of a record is taken, and then the log has not grown.
        if (along.rows === undefined || (await size()) !== index) return false;
        throw error;
      }
    },
    async entries(start: number, limit: number): Promise<readonly Uint8Array[]> {
      const rows = await db
        .selectFrom("audit_entry")
        .select("entry")
        .where("index", ">=", start)
        .where("index", "<", start + limit)
        .orderBy("index")
        .execute();
      return rows.map((row) => new Uint8Array(row.entry));
    },
  };
}
