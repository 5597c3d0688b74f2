import { parseReference } from "./references.ts";
import { isObject, type JsonObject, type ServedType } from "./types.ts";
import { valuesAt } from "./walk.ts";

/** The key that seals what belongs to no patient. */
export const systemSubject = "system";

/** Where each type names its patient, the first that answers wins. Types that are absent belong to no patient. */
const patientPaths: Partial<Record<ServedType, readonly string[]>> = {
  AllergyIntolerance: ["patient"],
  Appointment: ["participant.actor"],
  AuditEvent: ["entity.what"],
  Binary: ["securityContext"],
  CarePlan: ["subject"],
  Communication: ["subject"],
  Composition: ["subject"],
  Condition: ["subject"],
  Consent: ["patient"],
  DiagnosticReport: ["subject"],
  DocumentReference: ["subject"],
  Encounter: ["subject"],
  ImagingStudy: ["subject"],
  MeasureReport: ["subject"],
  MedicationRequest: ["subject"],
  MedicationStatement: ["subject"],
  Observation: ["subject"],
  Provenance: ["target"],
  QuestionnaireResponse: ["subject", "source"],
  RelatedPerson: ["patient"],
  ServiceRequest: ["subject"],
  Task: ["for", "focus"],
};

/** Whose record a resource is part of. */
export type SubjectOf =
  | { readonly kind: "patient"; readonly id: string }
  /** The patient of another resource: `DocumentReference/9`. */
  | { readonly kind: "via"; readonly references: readonly string[] }
  | { readonly kind: "none" };

/** Finds whose key seals a resource. A patient's own id, a reference to one, or a way to one. */
export function subjectOf(resource: JsonObject): SubjectOf {
  const type = resource.resourceType as ServedType;
  if (type === "Patient") return typeof resource.id === "string" ? { kind: "patient", id: resource.id } : { kind: "none" };
  if (type === "Bundle") return bundleSubject(resource);
  const via: string[] = [];
  for (const path of patientPaths[type] ?? []) {
    for (const reference of valuesAt(resource, `${path}.reference`)) {
      if (typeof reference !== "string") continue;
      const parsed = parseReference(reference);
      if (parsed?.type === "Patient") return { kind: "patient", id: parsed.id };
      if (parsed !== undefined) via.push(reference);
    }
  }
  return via.length === 0 ? { kind: "none" } : { kind: "via", references: via };
}

/** A document belongs to its composition's patient; any other bundle to the first patient it speaks of. */
function bundleSubject(bundle: JsonObject): SubjectOf {
  for (const entry of valuesAt(bundle, "entry.resource")) {
    if (!isObject(entry)) continue;
    const found = subjectOf(entry);
    if (found.kind === "patient") return found;
  }
  return { kind: "none" };
}
