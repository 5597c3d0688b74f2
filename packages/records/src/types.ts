import type { Resource } from "@medplum/fhirtypes";

/** The resource types that a station serves; everything else is refused by name. */
export const servedTypes = [
  "AllergyIntolerance",
  "Appointment",
  "AuditEvent",
  "Binary",
  "Bundle",
  "CarePlan",
  "Communication",
  "Composition",
  "Condition",
  "Consent",
  "DiagnosticReport",
  "DocumentReference",
  "Encounter",
  "ImagingStudy",
  "Location",
  "MeasureReport",
  "MedicationRequest",
  "MedicationStatement",
  "Observation",
  "Organization",
  "Patient",
  "Practitioner",
  "PractitionerRole",
  "Provenance",
  "Questionnaire",
  "QuestionnaireResponse",
  "RelatedPerson",
  "ServiceRequest",
  "Task",
] as const;
export type ServedType = (typeof servedTypes)[number];

/** Types that are not served on their own, but may be contained in a resource or stand in a stored bundle. */
export const carriedTypes = [
  "CareTeam",
  "ClinicalImpression",
  "CommunicationRequest",
  "Coverage",
  "Device",
  "DeviceUseStatement",
  "Endpoint",
  "EpisodeOfCare",
  "FamilyMemberHistory",
  "Flag",
  "Goal",
  "Group",
  "HealthcareService",
  "Immunization",
  "List",
  "Media",
  "Medication",
  "MedicationAdministration",
  "MedicationDispense",
  "OperationOutcome",
  "Parameters",
  "Procedure",
  "RiskAssessment",
  "Schedule",
  "Slot",
  "Specimen",
  "Substance",
] as const;

/** A FHIR R4 resource of a served type. */
export type FhirResource = Extract<Resource, { resourceType: ServedType }>;
/** A stored resource: the server has given it an id and `meta`. */
export type StoredResource<T extends FhirResource = FhirResource> = T & {
  id: string;
  meta: { versionId: string; lastUpdated: string };
};

const served: ReadonlySet<string> = new Set(servedTypes);

export function isServedType(type: string): type is ServedType {
  return served.has(type);
}

/** FHIR's `id` type. Source: FHIR R4, 2.24.0.1. */
export function isFhirId(id: string): boolean {
  return /^[A-Za-z0-9\-.]{1,64}$/.test(id);
}

/** A JSON value walked by name: what searching and reference code sees of a resource. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
