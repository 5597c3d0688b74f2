import { hash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";

/** SHA-256 of a ciphertext, base64url: how a leaf of the audit log names what was written. */
export function digestOf(sealed: Uint8Array): string {
  return hash("sha256", sealed, "base64url");
}

/**
 * What was written and what it took the place of. A later look at the rows shows then whether one was set back to
 * what it had been, or changed by other means. Names neither record nor patient.
 */
export interface SealNote {
  readonly sealed: readonly string[];
  readonly was: readonly string[];
}

export function sealEntry(at: number, note: SealNote): Uint8Array {
  return Buffer.from(JSON.stringify({ v: 1, at: new Date(at).toISOString(), action: "record.seal", ...note }));
}

export interface ComparedRecords {
  readonly records: number;
  /** Records set back to what they had been before. */
  readonly setBack: number;
  /** Records and earlier versions that no entry knows. */
  readonly unknown: number;
}

/**
 * Compares every record, and every earlier version, with what the log says was written: give `take` the log's
 * entries in order, and then what waits to be in it. Within one snapshot, or what is written meanwhile counts as wrong.
 */
export async function compareRecords(
  db: Kysely<Tables>,
): Promise<{ take(entry: Uint8Array): void; done(): Promise<ComparedRecords> }> {
  const rows = await digests(db, "resource");
  const earlier = await digests(db, "resource_history");
  const current = new Set<string>();
  const ever = new Set<string>();
  const take = (entry: Uint8Array) => {
    const { sealed, was } = noteOf(entry);
    for (const one of sealed) ever.add(one);
    for (const one of sealed) current.add(one);
    for (const one of was) current.delete(one);
  };
  return {
    take,
    async done() {
      const pending = await sql<{ entry: Uint8Array }>`select entry from audit_pending order by id`.execute(db);
      for (const { entry } of pending.rows) take(entry);
      return {
        records: rows.length,
        setBack: rows.filter((digest) => ever.has(digest) && !current.has(digest)).length,
        unknown: [...rows, ...earlier].filter((digest) => !ever.has(digest)).length,
      };
    },
  };
}

async function digests(db: Kysely<Tables>, table: "resource" | "resource_history"): Promise<string[]> {
  const result = await sql<{ digest: Uint8Array }>`select sha256(sealed) as digest from ${sql.table(table)}
    where sealed is not null`.execute(db);
  return result.rows.map((row) => Buffer.from(row.digest).toString("base64url"));
}

function noteOf(entry: Uint8Array): SealNote {
  const text = Buffer.from(entry).toString("utf8");
  if (!text.includes('"sealed":[')) return { sealed: [], was: [] };
  const { sealed = [], was = [] } = JSON.parse(text) as Partial<SealNote>;
  return { sealed, was };
}
