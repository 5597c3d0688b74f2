import { isObject, parseSearch, patientSummary, searchParameters, servedTypes, type ServedType, validate } from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { bundleBytes } from "./bundle-bytes.ts";
import type { Work } from "./interactions.ts";
import { FhirError, operationOutcome } from "./outcome.ts";

/** Resources one patient's whole record may hold in one answer. */
const mostEverything = 5_000;

/** `$validate`: the body may be the resource or Parameters that hold it. Always 200: the outcome says what is wrong. */
export function validateOperation(body: unknown, type: ServedType | undefined) {
  const resource = isObject(body) && body.resourceType === "Parameters" ? parameter(body, "resource") : body;
  const issues = [...validate(resource)];
  if (type !== undefined && isObject(resource) && resource.resourceType !== type) {
    issues.push({ severity: "error", code: "invalid", text: `The resource is not a ${type}.`, path: "resourceType" });
  }
  return operationOutcome(issues);
}

function parameter(parameters: { readonly parameter?: unknown }, name: string): unknown {
  const all: unknown[] = Array.isArray(parameters.parameter) ? parameters.parameter : [];
  const found = all.find((one) => isObject(one) && one.name === name);
  return isObject(found) ? found.resource : undefined;
}

/** The types whose resources name a patient, with the parameter that does. */
const compartment = servedTypes.flatMap((type) => {
  const parameters = searchParameters(type);
  const name = parameters.has("patient") ? "patient" : parameters.has("subject") ? "subject" : undefined;
  return name === undefined ? [] : [{ type, name }];
});

/** The patient and every current resource that names them. Throws 404, and 403 unless the actor may export. */
export async function everything(work: Work, patientId: string): Promise<Version[]> {
  const { repositories, access } = work;
  const patient = await repositories.resources.read("Patient", patientId);
  if (patient === undefined) throw new FhirError(404, "not-found", "There is no such Patient.");
  await access.demand("record.read", "Patient", patientId);
  const found: Version[] = [patient];
  for (const { type, name } of compartment) {
    if (!(await access.allows("record.read", type, patientId))) continue;
    let cursor: string | undefined;
    do {
      const request = parseSearch(type, [
        [name, `Patient/${patientId}`],
        ["_count", "200"],
      ]);
      const page = await repositories.resources.search(cursor === undefined ? request : { ...request, cursor });
      found.push(...page.matches);
      if (found.length > mostEverything)
        throw new FhirError(400, "too-costly", `The record holds more than ${mostEverything} resources.`);
      cursor = page.next;
    } while (cursor !== undefined);
  }
  await access.audit("record.export", "Patient", [patientId]);
  return found;
}

export function everythingBundle(base: string, versions: readonly Version[]): Uint8Array {
  return bundleBytes(
    { type: "searchset", total: versions.length },
    versions.map((one) => ({
      fullUrl: `${base}/${one.type}/${one.id}`,
      resource: one.bytes,
      search: { mode: one.type === "Patient" ? "match" : "include" },
    })),
  );
}

/** The International Patient Summary of what the record holds now. */
export async function summary(work: Work, base: string, patientId: string, at: Date) {
  const versions = await everything(work, patientId);
  return patientSummary(
    versions.map((version) => version.resource),
    { base, at, author: { name: "Yizhan station" } },
  );
}
