import { randomUUID } from "node:crypto";
import { type FhirResource, indexTerms, type JsonObject, subjectOf } from "@yizhan/records";
import { sql } from "kysely";
import { digestOf, sealEntry } from "../audit/seals.ts";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { noRows } from "./rows.ts";
import { seal, type Version } from "./sealed.ts";
import { keySubject, patientSubject } from "./subjects.ts";
import { storedTerms } from "./terms.ts";

const asJson = (resource: FhirResource) => resource as unknown as JsonObject;

export interface NewResource<T extends FhirResource = FhirResource> {
  readonly resource: T;
  /** The id to give it; a random UUID (v4) otherwise. */
  readonly id?: string;
}

/** Says what the audit log is to hold about a record that is being written. */
export type AuditOf = (written: {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly version: number;
  /** Of the ciphertext; belongs into the entry as `sealed`. See `SealNote`. */
  readonly digest: string;
}) => Promise<readonly Uint8Array[]>;

/**
 * Writes new resources, their index rows and their entries of the audit log in one statement. Throws
 * `duplicate` when an id is taken; then nothing is written.
 */
export async function createResources(scope: Scope, items: readonly NewResource[], auditOf?: AuditOf): Promise<Version[]> {
  if (items.length === 0) return [];
  const updatedAt = new Date(scope.now());
  const numbers = await scope.rowNumbers.take(scope.db, items.length);
  const rows = noRows();
  const made: Version[] = [];
  const entries: Uint8Array[] = [];
  const isNew = ({ resource, id }: NewResource) => resource.resourceType === "Patient" && id === undefined;
  const patients = await scope.newPatients.take(scope.vault, scope.tenant, items.filter(isNew).length);
  const resources = items.map((item) => ({
    ...item.resource,
    id: item.id ?? (isNew(item) ? patients.pop() : undefined) ?? randomUUID(),
  }));
  const together = patientsOf(scope.tenant, resources);
  for (const [at, resource] of resources.entries()) {
    const { id } = resource;
    const subject = await keySubject(scope, asJson(resource), together);
    const place = { type: resource.resourceType, id, subject, version: 1 };
    const { version, sealed } = await seal(scope, place, resource, updatedAt);
    const rowId = numbers[at] ?? 0;
    made.push(version);
    rows.rowId.push(rowId);
    rows.tenant.push(scope.tenant);
    rows.type.push(place.type);
    rows.id.push(id);
    rows.subject.push(subject);
    rows.sealed.push(sealed);
    rows.updatedAt.push(updatedAt);
    rows.indexVersion.push(scope.vault.indexVersion);
    for (const term of storedTerms(scope.vault, scope.tenant, indexTerms(asJson(resource)))) {
      rows.term.push(term);
      rows.termRow.push(rowId);
    }
    if (auditOf !== undefined) entries.push(...(await auditOf({ ...place, digest: digestOf(sealed) })));
  }
  if (auditOf === undefined) entries.push(sealEntry(scope.now(), { sealed: rows.sealed.map(digestOf), was: [] }));
  await scope.log(entries, rows);
  return made;
}

/** Those that name their patient themselves: what is written with them may speak of them. */
function patientsOf(tenant: string, resources: readonly (FhirResource & { readonly id: string })[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const resource of resources) {
    const subject = subjectOf(asJson(resource));
    if (subject.kind === "patient") found.set(`${resource.resourceType}/${resource.id}`, patientSubject(tenant, subject.id));
  }
  return found;
}

/** What `update` expects to find. */
export interface UpdateOptions {
  /** The version the writer has seen; another one in the store is `version-conflict`. */
  readonly expected?: number;
  /** Whether an id that does not exist yet is created. */
  readonly create?: boolean;
}

export interface Updated<T extends FhirResource> {
  readonly version: Version<T>;
  readonly created: boolean;
}

/**
 * Writes the next version of a resource and keeps the previous one in the history. Throws `not-found`,
 * `version-conflict` (somebody else was faster).
 */
export async function updateResource<T extends FhirResource>(
  scope: Scope,
  id: string,
  resource: T,
  options: UpdateOptions = {},
): Promise<Updated<T>> {
  const current = options.expected ?? (await currentVersion(scope, resource.resourceType, id));
  if (current === undefined) {
    if (options.create !== true) throw new StoreError("not-found", `There is no such ${resource.resourceType}.`);
    const [version] = await createResources(scope, [{ resource, id }]);
    if (version === undefined) throw new StoreError("database-failed", "Nothing was written.");
    return { version: version as Version<T>, created: true };
  }
  const updatedAt = new Date(scope.now());
  const withId = { ...resource, id };
  const subject = await keySubject(scope, asJson(withId));
  const next = { type: resource.resourceType, id, subject, version: current + 1 };
  const { sealed, version } = await seal(scope, next, withId, updatedAt);
  const terms = storedTerms(scope.vault, scope.tenant, indexTerms(asJson(withId)));
  await replaceVersion(scope, next, sealed, updatedAt, terms);
  return { version, created: false };
}

/** Marks a resource as deleted: its content moves to the history, its index rows go. */
export async function deleteResource(scope: Scope, type: string, id: string, expected?: number): Promise<boolean> {
  const row = await scope.db
    .selectFrom("resource")
    .select(["version", "subject", sql<boolean>`sealed is null`.as("deleted")])
    .where("tenant", "=", scope.tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined || row.deleted) return false;
  if (expected !== undefined && expected !== row.version) throw versionConflict(type);
  const next = { type, id, subject: row.subject, version: row.version + 1 };
  await replaceVersion(scope, next, null, new Date(scope.now()), []);
  return true;
}

async function currentVersion(scope: Scope, type: string, id: string): Promise<number | undefined> {
  const row = await scope.db
    .selectFrom("resource")
    .select("version")
    .where("tenant", "=", scope.tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.version;
}

function versionConflict(type: string): StoreError {
  return new StoreError("version-conflict", `Another version of this ${type} is the current one.`, {
    hint: "Read it again, apply the change to what is there now, and send it with that version.",
  });
}

/** Compare-and-swap from `next.version - 1`, in one statement; the log is told what took whose place. */
async function replaceVersion(
  scope: Scope,
  next: { readonly type: string; readonly id: string; readonly subject: string; readonly version: number },
  sealed: Uint8Array | null,
  updatedAt: Date,
  terms: readonly string[],
): Promise<void> {
  const result = await sql<{ was: Uint8Array | null }>`with old as (
      select row_id, version, tenant, type, subject, sealed, updated_at from resource
      where tenant = ${scope.tenant} and type = ${next.type} and id = ${next.id} and version = ${next.version - 1}::integer
      for update
    ), kept as (
      insert into resource_history (row_id, version, tenant, type, subject, sealed, updated_at)
      select row_id, version, tenant, type, subject, sealed, updated_at from old
    ), dropped as (
      delete from resource_index where row_id in (select row_id from old) and term <> all(${terms}::bigint[])
    ), indexed as (
      insert into resource_index (term, row_id) select term, row_id from old, unnest(${terms}::bigint[]) as term
      on conflict do nothing
    )
    update resource set version = ${next.version}::integer, subject = ${next.subject}, sealed = ${sealed}::bytea, updated_at = ${updatedAt},
      index_version = ${scope.vault.indexVersion}::integer
    from old where resource.row_id = old.row_id returning sha256(old.sealed) as was`.execute(scope.db);
  const [replaced] = result.rows;
  if (replaced === undefined) throw versionConflict(next.type);
  const was = replaced.was === null ? [] : [Buffer.from(replaced.was).toString("base64url")];
  await scope.log([sealEntry(scope.now(), { sealed: sealed === null ? [] : [digestOf(sealed)], was })]);
}
