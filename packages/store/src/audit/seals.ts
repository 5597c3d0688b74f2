import { createHash } from "node:crypto";
import { verifyLog } from "@yizhan/vault";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";

/** SHA-256 of a ciphertext, base64url: how a leaf of the audit log names what was written. */
export function digestOf(sealed: Uint8Array): string {
  return createHash("sha256").update(sealed).digest("base64url");
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

export interface VerifiedRecords {
  /** Entries of the log. */
  readonly entries: number;
  readonly records: number;
  /** Records set back to what they had been before. */
  readonly setBack: number;
  /** Records and earlier versions that no entry knows. */
  readonly unknown: number;
}

const pageSize = 1_000;

/**
 * Computes the log afresh (throws `log-broken`) and compares every record, and every earlier version, with what
 * the log says was written. Reads all of both.
 */
export async function verifyRecords(
  db: Kysely<Tables>,
  storage: Parameters<typeof verifyLog>[0],
  checkpoints: Parameters<typeof verifyLog>[1] = [],
): Promise<VerifiedRecords> {
  // The rows first: what is written meanwhile is in the log then, and not the other way round.
  const rows = await digests(db, "resource");
  const earlier = await digests(db, "resource_history");
  const { size } = await verifyLog(storage, checkpoints);
  const current = new Set<string>();
  const ever = new Set<string>();
  const take = (entry: Uint8Array) => {
    const { sealed, was } = noteOf(entry);
    for (const one of sealed) ever.add(one);
    for (const one of sealed) current.add(one);
    for (const one of was) current.delete(one);
  };
  for (let at = 0; at < size; at += pageSize)
    for (const entry of await storage.entries(at, Math.min(pageSize, size - at))) take(entry);
  const pending = await sql<{ entry: Uint8Array }>`select entry from audit_pending order by id`.execute(db);
  for (const { entry } of pending.rows) take(entry);
  return {
    entries: size,
    records: rows.length,
    setBack: rows.filter((digest) => ever.has(digest) && !current.has(digest)).length,
    unknown: [...rows, ...earlier].filter((digest) => !ever.has(digest)).length,
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
