import { type JsonObject, parseReference, subjectOf, systemSubject } from "@yizhan/records";
import type { Scope } from "../scope.ts";

/** The vault's name for a patient's keys. */
export function patientSubject(tenant: string, patientId: string): string {
  return `${tenant}:${patientId}`;
}

const lockedOut = "account/";

/** What the key store remembers of an account that was locked out: a tombstone outlives every restore of the data. */
export function lockedOutSubject(accountId: string): string {
  return `${lockedOut}${accountId}`;
}

/** The account of such a name; undefined for a subject that is none. */
export function lockedOutAccount(subject: string): string | undefined {
  return subject.startsWith(lockedOut) ? subject.slice(lockedOut.length) : undefined;
}

/** The patient of such a name; undefined for a subject that is none. */
export function patientOf(subject: string): { readonly tenant: string; readonly id: string } | undefined {
  const colon = subject.indexOf(":");
  return colon > 0 ? { tenant: subject.slice(0, colon), id: subject.slice(colon + 1) } : undefined;
}

/**
 * Whose key seals a resource. Where it names no patient itself, the record it speaks of decides
 * (`Provenance.target`, `Binary.securityContext`): one of those `written` with it (`Type/id` → subject), or one that
 * is stored. What belongs to nobody is sealed by the system's key.
 */
export async function keySubject(
  scope: Scope,
  resource: JsonObject,
  written: ReadonlyMap<string, string> = new Map(),
): Promise<string> {
  const found = subjectOf(resource);
  if (found.kind === "patient") return patientSubject(scope.tenant, found.id);
  if (found.kind === "none") return systemSubject;
  for (const reference of found.references) {
    const target = parseReference(reference);
    if (target === undefined) continue;
    const together = written.get(`${target.type}/${target.id}`);
    if (together !== undefined) return together;
    const row = await scope.db
      .selectFrom("resource")
      .select("subject")
      .where("tenant", "=", scope.tenant)
      .where("type", "=", target.type)
      .where("id", "=", target.id)
      .executeTakeFirst();
    if (row !== undefined && row.subject !== systemSubject) return row.subject;
  }
  return systemSubject;
}
