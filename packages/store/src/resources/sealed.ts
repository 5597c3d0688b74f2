import { type FhirResource, type JsonObject, jsonText, parseJson, type StoredResource } from "@yizhan/records";
import type { SealContext } from "@yizhan/vault";
import type { Scope } from "../scope.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Where a version of a resource stands; a move to the history keeps its place, so it keeps its seal. */
export interface Place {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly version: number;
}

function context(tenant: string, place: Place): SealContext {
  return {
    tenant,
    table: "resource",
    column: "content",
    rowId: `${place.type}/${place.id}`,
    subject: place.subject,
    schemaVersion: 1,
    rowVersion: place.version,
  };
}

/** One version of a resource, opened. `resource` is read from the text when it is first asked for. */
export class Version<T extends FhirResource = FhirResource> {
  readonly type: T["resourceType"];
  readonly id: string;
  /** Whose record it is part of, as the vault names them; `system` for nobody's. */
  readonly subject: string;
  readonly version: number;
  readonly updatedAt: Date;
  /** FHIR JSON as UTF-8, `id` and `meta` included, numbers as they were sent. */
  readonly bytes: Uint8Array;
  #resource: StoredResource<T> | undefined;
  #judged: JsonObject | undefined;

  constructor(place: Place, updatedAt: Date, bytes: Uint8Array, resource?: StoredResource<T>) {
    this.type = place.type as T["resourceType"];
    this.id = place.id;
    this.subject = place.subject;
    this.version = place.version;
    this.updatedAt = updatedAt;
    this.bytes = bytes;
    this.#resource = resource;
  }

  get resource(): StoredResource<T> {
    this.#resource ??= parseJson(decoder.decode(this.bytes)) as StoredResource<T>;
    return this.#resource;
  }

  /** To be compared only, and never written again: its numbers have lost how they were written. */
  get judged(): JsonObject {
    this.#judged ??= this.#resource === undefined ? JSON.parse(decoder.decode(this.bytes)) : asJson(this.#resource);
    return this.#judged as JsonObject;
  }
}

const asJson = (resource: FhirResource) => resource as unknown as JsonObject;

export async function seal<T extends FhirResource>(
  scope: Scope,
  place: Place,
  resource: T,
  updatedAt: Date,
): Promise<{ readonly sealed: Uint8Array; readonly version: Version<T> }> {
  const stored = {
    ...resource,
    id: place.id,
    meta: { ...resource.meta, versionId: String(place.version), lastUpdated: updatedAt.toISOString() },
  } as StoredResource<T>;
  const bytes = encoder.encode(jsonText(stored));
  const sealer = await scope.vault.subject(place.subject, { create: true });
  return { sealed: sealer.seal(context(scope.tenant, place), bytes), version: new Version(place, updatedAt, bytes, stored) };
}

/** Opens one row. Throws the vault's errors: `subject-forgotten`, `sealed-mismatch` … */
export async function open<T extends FhirResource>(
  scope: Pick<Scope, "vault" | "tenant">,
  place: Place,
  updatedAt: Date,
  sealed: Uint8Array,
): Promise<Version<T>> {
  const sealer = await scope.vault.subject(place.subject);
  return new Version<T>(place, updatedAt, sealer.open(context(scope.tenant, place), sealed));
}
