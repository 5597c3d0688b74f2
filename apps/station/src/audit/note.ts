import { patientSubject, type Store, type Transaction } from "@yizhan/store";

/** What happened, for the audit log. Names accounts and rules by their ids; holds no word of a record. */
export interface Note {
  /** `case.read`, `sign-in`, `guard.block` … */
  readonly action: string;
  /** From {@link actorName}. */
  readonly actor: string;
  /** Id of the patient whose record it was; the log keeps a pseudonym that dies with the patient's key. */
  readonly patient?: string;
  readonly outcome?: "done" | "refused";
  /** An id or a code of ours: a rule's, a token's, a session's. */
  readonly detail?: string;
}

const encoder = new TextEncoder();

/** Adds to the audit log with the transaction: it is durable before `store.transaction` resolves, so before an answer leaves. */
export async function note(
  store: Store,
  tx: Transaction,
  { action, actor, patient, outcome = "done", detail }: Note,
): Promise<void> {
  const subject = patient === undefined ? undefined : (await store.vault.subject(patientSubject(tx.tenant, patient))).pseudonym;
  const entry = { v: 1, at: new Date().toISOString(), tenant: tx.tenant, action, actor, subject, outcome, detail };
  tx.audit.append(encoder.encode(JSON.stringify(entry)));
}
