import type { FhirResource, JsonObject, SearchRequest, ServedType } from "@yizhan/records";
import type { Scope } from "../scope.ts";
import { readMany } from "./candidates.ts";
import { type HistoryEntry, type HistoryPage, type HistoryRequest, readChanges } from "./history.ts";
import { readHistory, readResource, readVersion, subjectOfRow } from "./read.ts";
import type { Version } from "./sealed.ts";
import { keySubject } from "./subjects.ts";
import { type SearchResult, searchResources } from "./search.ts";
import {
  type AuditOf,
  createResources,
  deleteResource,
  type NewResource,
  type Updated,
  type UpdateOptions,
  updateResource,
} from "./write.ts";

/** The resource type `FhirResource` of a type's name. */
export type ResourceOf<T extends ServedType> = Extract<FhirResource, { resourceType: T }>;

/** FHIR resources of one tenant: sealed content, blind index rows, every version kept. */
export interface Resources {
  /** Gives a random id unless told one. What `auditOf` says is in the log when it resolves. Throws `duplicate`. */
  create<T extends FhirResource>(resource: T, id?: string, auditOf?: AuditOf): Promise<Version<T>>;
  createMany(items: readonly NewResource[], auditOf?: AuditOf): Promise<Version[]>;
  /** Undefined where there never was one. Throws `gone`. */
  read<T extends ServedType>(type: T, id: string): Promise<Version<ResourceOf<T>> | undefined>;
  /** Whose key seals the current version; undefined where there is none. Opens nothing. */
  subjectOf(type: ServedType, id: string): Promise<string | undefined>;
  /** Whose key would seal a resource if it were written now. */
  subjectOfNew(resource: JsonObject): Promise<string>;
  readMany(wanted: readonly { readonly type: string; readonly id: string }[]): Promise<Version[]>;
  readVersion<T extends ServedType>(type: T, id: string, version: number): Promise<Version<ResourceOf<T>> | undefined>;
  /** Throws `not-found`, `version-conflict`. */
  update<T extends FhirResource>(id: string, resource: T, options?: UpdateOptions): Promise<Updated<T>>;
  /** False when there was nothing to delete. Throws `version-conflict`. */
  delete(type: ServedType, id: string, expected?: number): Promise<boolean>;
  history<T extends ServedType>(type: T, id: string): Promise<HistoryEntry<ResourceOf<T>>[]>;
  /** A page of what changed, deletions too, the newest first: of one resource, or of whole types. Throws `bad-cursor`. */
  changes(request: HistoryRequest): Promise<HistoryPage>;
  /** Throws `too-broad`, `bad-cursor`. */
  search(request: SearchRequest): Promise<SearchResult>;
}

export function resources(scope: Scope): Resources {
  return {
    async create<T extends FhirResource>(resource: T, id?: string, auditOf?: AuditOf) {
      const [made] = await createResources(scope, [id === undefined ? { resource } : { resource, id }], auditOf);
      return made as Version as Version<T>;
    },
    createMany: (items, auditOf) => createResources(scope, items, auditOf),
    read: <T extends ServedType>(type: T, id: string) =>
      readResource<ResourceOf<T>>(scope, type as ResourceOf<T>["resourceType"], id),
    subjectOf: (type, id) => subjectOfRow(scope, type, id),
    subjectOfNew: (resource) => keySubject(scope, resource),
    readMany: (wanted) => readMany(scope, wanted),
    readVersion: <T extends ServedType>(type: T, id: string, version: number) =>
      readVersion<ResourceOf<T>>(scope, type as ResourceOf<T>["resourceType"], id, version),
    update: (id, resource, options) => updateResource(scope, id, resource, options),
    delete: (type, id, expected) => deleteResource(scope, type, id, expected),
    history: <T extends ServedType>(type: T, id: string) =>
      readHistory<ResourceOf<T>>(scope, type as ResourceOf<T>["resourceType"], id),
    changes: (request) => readChanges(scope, request),
    search: (request) => searchResources(scope, request),
  };
}
