import { isFhirId, isObject, type JsonObject, patientSummary, SearchError, type ServedType, validate } from "@yizhan/records";
import { everything } from "./everything.ts";
import { ownerOf } from "./access.ts";
import { ownerOfNew, type Work } from "./interactions.ts";
import { FhirError, operationOutcome } from "./outcome.ts";

/** Where `$validate` was asked: of a type, of one resource, or of anything. */
export interface ValidatePlace {
  readonly type?: ServedType;
  readonly id?: string;
}

const modes = ["create", "update", "delete", "profile"] as const;
type Mode = (typeof modes)[number];
type Issues = Parameters<typeof operationOutcome>[0][number][];

/**
 * `$validate`: the body is the resource, or Parameters with `resource`, `mode` and `profile`, which may stand in the
 * address too. 200 where a judgement was made: the outcome says what is wrong. Throws 400 for a mode or a profile
 * that is not known, 404 for nothing to delete. Source: FHIR R4, Resource-validate.
 */
export async function validateOperation(work: Work, query: URLSearchParams, body: unknown, place: ValidatePlace) {
  const asked = readAsked(query, body);
  const { mode, resource } = asked;
  if (mode === "delete") return operationOutcome(await validateDelete(work, place));
  if (resource === undefined) throw new FhirError(400, "required", "There is no resource to validate.");
  const issues: Issues = [...validate(resource)];
  if (place.type !== undefined && isObject(resource) && resource.resourceType !== place.type)
    issues.push(wrong("invalid", `The resource is not a ${place.type}.`, "resourceType"));
  assertProfiles(asked.profiles, resource);
  if (issues.every((issue) => issue.severity !== "error") && isObject(resource)) {
    if (mode === "update") issues.push(...validateUpdate(resource, place));
    if (mode === "create" || mode === "update") issues.push(...(await validateRights(work, mode, resource)));
  }
  return operationOutcome(issues);
}

const wrong = (code: Issues[number]["code"], text: string, path?: string): Issues[number] => ({
  severity: "error",
  code,
  text,
  path,
});

function readAsked(query: URLSearchParams, body: unknown) {
  const wrapped = isObject(body) && body.resourceType === "Parameters" ? body : undefined;
  const inside: readonly unknown[] = wrapped !== undefined && Array.isArray(wrapped.parameter) ? wrapped.parameter : [];
  const profiles: string[] = [];
  let mode: Mode | undefined;
  let resource: unknown = wrapped === undefined ? body : undefined;
  const take = (name: string, value: unknown) => {
    if (name === "mode") mode = modes.find((one) => one === value) ?? refuse("mode");
    else if (name === "profile" && typeof value === "string") profiles.push(value);
    else if (name !== "_format" && name !== "_pretty") refuse(name);
  };
  for (const [name, value] of query) take(name, value);
  for (const one of inside) {
    if (!isObject(one) || typeof one.name !== "string") continue;
    if (one.name === "resource") ({ resource } = one);
    else take(one.name, one.valueCode ?? one.valueUri ?? one.valueCanonical ?? one.valueString);
  }
  return { mode, profiles, resource };
}

function refuse(name: string): never {
  throw new SearchError(name === "mode" ? "bad-value" : "unknown-parameter", name);
}

/** Only HL7's own definition of each type is known here: anything else would be said to hold without a look. */
function assertProfiles(profiles: readonly string[], resource: unknown): void {
  const own = isObject(resource) ? `http://hl7.org/fhir/StructureDefinition/${String(resource.resourceType)}` : undefined;
  if (profiles.some((profile) => profile.split("|")[0] !== own))
    throw new FhirError(400, "not-supported", "This profile is not known here: only the base definition of the type is.");
}

function validateUpdate(resource: JsonObject, { id }: ValidatePlace): Issues {
  if (typeof resource.id !== "string" || !isFhirId(resource.id))
    return [wrong("required", "An update needs the resource's id.", `${String(resource.resourceType)}.id`)];
  return id === undefined || id === resource.id
    ? []
    : [wrong("invalid", "The resource's id is not that of the address.", `${String(resource.resourceType)}.id`)];
}

async function validateRights({ access, repositories }: Work, mode: "create" | "update", resource: JsonObject): Promise<Issues> {
  const type = resource.resourceType as ServedType;
  const owner = await ownerOfNew(repositories, resource as never);
  return (await access.allows(`record.${mode}`, type, owner)) ? [] : [wrong("forbidden", "You may not write this.")];
}

async function validateDelete({ access, repositories }: Work, { type, id }: ValidatePlace): Promise<Issues> {
  if (type === undefined || id === undefined)
    throw new FhirError(400, "required", "What is to be deleted is named by the address: Type/id/$validate.");
  const subject = await repositories.resources.subjectOf(type, id);
  if (subject === undefined) throw new FhirError(404, "not-found", `There is no such ${type}.`);
  const may = await access.allows("record.delete", type, ownerOf(repositories.tenant, subject));
  return may ? [] : [wrong("forbidden", "You may not delete this.")];
}

/** The International Patient Summary of what the record holds now. */
export async function summary(work: Work, base: string, patientId: string, at: Date) {
  const versions = await everything(work, patientId);
  return patientSummary(
    versions.map((version) => version.resource),
    { base, at, author: { name: "Yizhan station" } },
  );
}
