import type { Transaction } from "@yizhan/store";
import type { HubActor } from "./env.ts";

const encoder = new TextEncoder();

/** Adds to the hub's own audit log with the transaction. `detail` is made of ids and codes of ours. */
export function note(tx: Transaction, actor: HubActor, action: string, detail: string): void {
  const entry = { v: 1, at: new Date().toISOString(), tenant: tx.tenant, action, actor: `account:${actor.accountId}` };
  tx.audit.append(encoder.encode(JSON.stringify({ ...entry, outcome: "done", detail })));
}
