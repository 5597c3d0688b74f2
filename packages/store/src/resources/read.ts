import type { FhirResource } from "@yizhan/records";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import type { Row } from "./current-rows.ts";
import { entryOf, type HistoryEntry } from "./history.ts";
import { open, type Version } from "./sealed.ts";

/** The current version; undefined where there never was one. Throws `gone` when it is deleted. */
export async function readResource<T extends FhirResource>(
  scope: Scope,
  type: T["resourceType"],
  id: string,
): Promise<Version<T> | undefined> {
  const row = await currentRow(scope, type, id);
  return row === undefined ? undefined : openRow<T>(scope, type, id, row);
}

function currentRow(scope: Scope, type: string, id: string): Promise<Row | undefined> {
  // Attachments may be megabytes: others do not wait for them.
  if (scope.currentRow !== undefined && type !== "Binary") return scope.currentRow({ tenant: scope.tenant, type, id });
  return scope.db
    .selectFrom("resource")
    .select(["version", "subject", "sealed", "updated_at"])
    .where("tenant", "=", scope.tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function subjectOfRow(scope: Scope, type: string, id: string): Promise<string | undefined> {
  const row = await scope.db
    .selectFrom("resource")
    .select("subject")
    .where("tenant", "=", scope.tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .where("sealed", "is not", null)
    .executeTakeFirst();
  return row?.subject;
}

/** One version by its number. Throws `gone` when that version is a deletion. */
export async function readVersion<T extends FhirResource>(
  scope: Scope,
  type: T["resourceType"],
  id: string,
  version: number,
): Promise<Version<T> | undefined> {
  const rows = await versions(scope, type, id, version);
  const row = rows.find((one) => one.version === version);
  return row === undefined ? undefined : openRow<T>(scope, type, id, row);
}

/** All versions, the newest first; empty where there never was one. */
export async function readHistory<T extends FhirResource>(
  scope: Scope,
  type: T["resourceType"],
  id: string,
): Promise<HistoryEntry<T>[]> {
  const rows = await versions(scope, type, id);
  return Promise.all(rows.map((row) => entryOf<T>(scope, { ...row, type, id })));
}

async function versions(scope: Scope, type: string, id: string, only?: number): Promise<Row[]> {
  const current = scope.db
    .selectFrom("resource")
    .select(["resource.version", "resource.subject", "resource.sealed", "resource.updated_at"])
    .where("tenant", "=", scope.tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  const earlier = scope.db
    .selectFrom("resource_history")
    .innerJoin("resource", "resource.row_id", "resource_history.row_id")
    .select(["resource_history.version", "resource_history.subject", "resource_history.sealed", "resource_history.updated_at"])
    .where("resource.tenant", "=", scope.tenant)
    .where("resource.type", "=", type)
    .where("id", "=", id)
    .$if(only !== undefined, (query) => query.where("resource_history.version", "=", only ?? 0));
  return current.unionAll(earlier).orderBy("version", "desc").execute();
}

async function openRow<T extends FhirResource>(scope: Scope, type: T["resourceType"], id: string, row: Row): Promise<Version<T>> {
  if (row.sealed === null) throw new StoreError("gone", `This ${type} was deleted.`);
  return open<T>(scope, { type, id, subject: row.subject, version: row.version }, row.updated_at, row.sealed);
}
