import {
  applyPatch,
  type FhirResource,
  isFhirId,
  isObject,
  isServedType,
  isSubsetted,
  type JsonObject,
  type ServedType,
  validate,
} from "@yizhan/records";
import { type Repositories, StoreError, type Version } from "@yizhan/store";
import { type Access, type Owner, ownerOf } from "./access.ts";
import { refuseFileMark } from "./binary-file.ts";
import { matchOne } from "./conditional.ts";
import { FhirError } from "./outcome.ts";

/** What an interaction answers, before it is put into HTTP or into a bundle's entry. */
export interface Outcome {
  readonly status: 200 | 201 | 204 | 304;
  readonly version: Version | undefined;
}

/** One request's tools. `repositories` is the transaction's inside a transaction bundle. */
export interface Work {
  readonly repositories: Repositories;
  readonly access: Access;
}

export function servedType(name: string): ServedType {
  if (!isServedType(name)) throw new FhirError(404, "not-supported", "This resource type is not served; see /fhir/metadata.");
  return name;
}

/** Checks a body against the type and id of its address. Throws 400 and 422. */
export function resourceBody(body: unknown, type: ServedType, id?: string): FhirResource {
  if (!isObject(body) || body.resourceType !== type) {
    throw new FhirError(400, "invalid", `The body is not a ${type}.`, "resourceType");
  }
  if (id !== undefined && body.id !== id)
    throw new FhirError(400, "invalid", "The body's id is not that of the address.", `${type}.id`);
  if (isSubsetted(body)) {
    throw new FhirError(
      422,
      "invalid",
      "This is only a part of a resource (SUBSETTED): read it whole, then write it.",
      `${type}.meta.tag`,
    );
  }
  const errors = validate(body).filter((issue) => issue.severity === "error");
  if (errors.length > 0) throw FhirError.invalid(errors);
  return body as unknown as FhirResource;
}

const asJson = (resource: FhirResource) => resource as unknown as JsonObject;

/** Whose record a resource would be part of, also where only the record that it speaks of says so. */
export async function ownerOfNew(repositories: Repositories, resource: FhirResource): Promise<Owner> {
  return ownerOf(repositories.tenant, await repositories.resources.subjectOfNew(asJson(resource)));
}

export async function read({ repositories, access }: Work, type: ServedType, id: string): Promise<Outcome> {
  const version = await repositories.resources.read(type, id);
  return answerRead(access, repositories, type, version);
}

export async function vread({ repositories, access }: Work, type: ServedType, id: string, version: string): Promise<Outcome> {
  const number = /^\d{1,9}$/.test(version) ? Number(version) : 0;
  return answerRead(access, repositories, type, await repositories.resources.readVersion(type, id, number));
}

async function answerRead(
  access: Access,
  repositories: Repositories,
  type: ServedType,
  version: Version | undefined,
): Promise<Outcome> {
  if (version === undefined) throw new FhirError(404, "not-found", `There is no such ${type}.`);
  const owner = ownerOf(repositories.tenant, version.subject);
  await access.demand("record.read", type, owner);
  await access.audit("record.read", type, [owner]);
  return { status: 200, version };
}

/** With `ifNoneExist`, a search: one match is answered as it is, several are refused. */
export async function create(work: Work, type: ServedType, body: unknown, ifNoneExist?: string): Promise<Outcome> {
  const { repositories, access } = work;
  const { id: _id, ...rest } = resourceBody(body, type);
  const resource = rest as FhirResource;
  refuseFileMark(asJson(resource));
  const owner = await ownerOfNew(repositories, resource);
  await access.demand("record.create", type, owner);
  if (ifNoneExist !== undefined) {
    const existing = await matchOne(work, type, ifNoneExist);
    if (existing !== undefined) return answerRead(access, repositories, type, existing);
  }
  const version = await repositories.resources.create(resource, undefined, ({ subject, digest }) =>
    access.entries("record.create", type, [ownerOf(repositories.tenant, subject)], { digest }),
  );
  return { status: 201, version };
}

/** Reads `W/"3"`. Throws 400 for anything else. */
export function ifMatchVersion(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw new FhirError(400, "value", 'If-Match holds a version as W/"3".');
  return Number(version);
}

export async function update(work: Work, type: ServedType, id: string, body: unknown, ifMatch?: string): Promise<Outcome> {
  if (!isFhirId(id)) throw new FhirError(400, "value", "This is not an id.");
  const resource = resourceBody(body, type, id);
  refuseFileMark(asJson(resource));
  return writeVersion(work, type, id, resource, ifMatch);
}

/** The next version of a resource, or a new one of that id, by whoever may write it. */
export async function writeVersion(
  work: Work,
  type: ServedType,
  id: string,
  resource: FhirResource,
  ifMatch?: string,
): Promise<Outcome> {
  const { repositories, access } = work;
  const expected = ifMatchVersion(ifMatch);
  const current = await currentOwner(work, type, id);
  const owner = await ownerOfNew(repositories, resource);
  await access.demand(current === undefined ? "record.create" : "record.update", type, owner);
  if (current !== undefined && current.owner !== owner) await access.demand("record.update", type, current.owner);
  if (expected !== undefined && current === undefined) throw new FhirError(412, "conflict", `There is no such ${type}.`);
  const { version, created } = await repositories.resources.update(id, resource, {
    create: true,
    ...(expected === undefined ? {} : { expected }),
  });
  await access.audit(created ? "record.create" : "record.update", type, [ownerOf(repositories.tenant, version.subject)]);
  return { status: created ? 201 : 200, version };
}

export async function patch(work: Work, type: ServedType, id: string, body: unknown, ifMatch?: string): Promise<Outcome> {
  const { repositories, access } = work;
  const current = await repositories.resources.read(type, id);
  if (current === undefined) throw new FhirError(404, "not-found", `There is no such ${type}.`);
  const owner = ownerOf(repositories.tenant, current.subject);
  await access.demand("record.update", type, owner);
  const expected = ifMatchVersion(ifMatch);
  if (expected !== undefined && expected !== current.version) {
    throw new StoreError("version-conflict", `Another version of this ${type} is the current one.`);
  }
  refuseFileMark(asJson(current.resource));
  const resource = resourceBody(applyPatch(asJson(current.resource), body), type, id);
  const next = await ownerOfNew(repositories, resource);
  if (next !== owner) await access.demand("record.update", type, next);
  const { version } = await repositories.resources.update(id, resource, { expected: current.version });
  await access.audit("record.update", type, [owner]);
  return { status: 200, version };
}

export async function remove(work: Work, type: ServedType, id: string, ifMatch?: string): Promise<Outcome> {
  const current = await currentOwner(work, type, id);
  await work.access.demand("record.delete", type, current?.owner);
  if (await work.repositories.resources.delete(type, id, ifMatchVersion(ifMatch))) {
    await work.access.audit("record.delete", type, [current?.owner]);
  }
  return { status: 204, version: undefined };
}

/** Whose record the stored resource is part of; undefined where there is none, or only a deleted one. */
async function currentOwner({ repositories }: Work, type: ServedType, id: string) {
  const subject = await repositories.resources.subjectOf(type, id);
  return subject === undefined ? undefined : { owner: ownerOf(repositories.tenant, subject) };
}
