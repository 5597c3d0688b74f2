import { type Checkpoint, inspectLog, type LogFault } from "@yizhan/vault";
import { sql } from "kysely";
import type { Database } from "../database/open.ts";
import { compareRecords, type ComparedRecords } from "./seals.ts";
import { auditStorage } from "./storage.ts";

export interface VerifiedAudit {
  /** Entries of the log. */
  readonly entries: number;
  /** When the first entry and the last right one were written, as they say; undefined where there is none. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The tree's root in base64, where the log is whole. */
  readonly root: string | undefined;
  readonly fault: LogFault | undefined;
  /** When the station was restored from a backup, as the log says. */
  readonly restored: readonly string[];
  /** Undefined where the log is not whole, which is no measure then, and of a hub, which has no records. */
  readonly compared: ComparedRecords | undefined;
}

/**
 * Computes the whole log afresh, compares it with its own hashes and with `checkpoints` (which must have been
 * signed before this begins), and every record, where there are some, with what the log says was written. Reads all of it in one
 * snapshot; on PGlite other work waits for its end.
 */
export async function verifyAudit(
  database: Pick<Database, "kysely">,
  checkpoints: readonly Checkpoint[],
  has: "records" | "no-records" = "records",
): Promise<VerifiedAudit> {
  const transaction = await database.kysely.startTransaction().execute();
  try {
    await sql`set transaction isolation level repeatable read, read only`.execute(transaction);
    const records = has === "records" ? await compareRecords(transaction) : undefined;
    let from: string | undefined;
    let to: string | undefined;
    const restored: string[] = [];
    const { size, root, fault } = await inspectLog(auditStorage({ kysely: transaction }), checkpoints, (entry, index) => {
      records?.take(entry);
      const { at, action } = sayingOf(entry);
      if (index === 0) from = at;
      to = at ?? to;
      if (action === "station.restore" && at !== undefined) restored.push(at);
    });
    return {
      entries: size,
      from,
      to,
      root: root === undefined ? undefined : Buffer.from(root).toString("base64"),
      fault,
      restored,
      compared: fault === undefined ? await records?.done() : undefined,
    };
  } finally {
    await transaction.rollback().execute();
  }
}

/** The beginning of an entry: all that is needed of hundreds of thousands. */
function sayingOf(entry: Uint8Array): { readonly at: string | undefined; readonly action: string | undefined } {
  const text = Buffer.from(entry.subarray(0, 300)).toString("utf8");
  return { at: /"at":"([^"]+)"/.exec(text)?.[1], action: /"action":"([^"]+)"/.exec(text)?.[1] };
}
