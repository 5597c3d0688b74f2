import { joinRows, type ResourceRows } from "../resources/rows.ts";

/** What is written in the same statement as entries of the audit log: all of it, or nothing. */
export interface Along {
  /** The records that the entries speak of. */
  readonly rows?: ResourceRows;
  /** Entries that a transaction left in `audit_pending` and that are now in the log. */
  readonly settled?: readonly number[];
}

export function joinAlong(parts: readonly (Along | undefined)[]): Along | undefined {
  const rows = parts.flatMap((part) => part?.rows ?? []);
  const settled = parts.flatMap((part) => part?.settled ?? []);
  if (rows.length === 0 && settled.length === 0) return undefined;
  return { ...(rows.length === 0 ? {} : { rows: joinRows(rows) }), ...(settled.length === 0 ? {} : { settled }) };
}
