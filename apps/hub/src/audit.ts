import type { Transaction } from "@yizhan/store";

const encoder = new TextEncoder();

export interface Note {
  readonly action: string;
  /** Absent where whoever it was named no account that is here; what they typed is not kept. */
  readonly account: string | undefined;
  readonly outcome?: "done" | "refused";
  /** Made of ids and codes of ours. */
  readonly detail?: string;
}

/** Adds to the hub's own audit log with the transaction: it is durable before an answer leaves. */
export function note(tx: Transaction, { action, account, outcome = "done", detail }: Note): void {
  const actor = account === undefined ? "unknown" : `account:${account}`;
  const entry = { v: 1, at: new Date().toISOString(), tenant: tx.tenant, action, actor, outcome, detail };
  tx.audit.append(encoder.encode(JSON.stringify(entry)));
}
