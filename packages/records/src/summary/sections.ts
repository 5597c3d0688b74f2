import type { JsonObject } from "../types.ts";
import { valuesAt } from "../walk.ts";

/** One section of the summary. Codes and order: HL7 IPS 2.0.0, Composition-uv-ips. */
export interface Section {
  readonly title: string;
  /** LOINC. */
  readonly code: string;
  readonly display: string;
  /** A required section without entries says why; another one is left out. */
  readonly required: boolean;
  readonly nothing: string;
  readonly holds: (resource: JsonObject) => boolean;
}

const gone = new Set(["entered-in-error", "cancelled", "revoked", "draft", "not-done"]);
const coded = (resource: JsonObject, path: string) => valuesAt(resource, `${path}.coding.code`);
/** Whether a resource says what holds now, by its own status. */
export const isCurrent = (resource: JsonObject) =>
  !valuesAt(resource, "status").some((status) => typeof status === "string" && gone.has(status)) &&
  !coded(resource, "verificationStatus").some((status) => status === "entered-in-error" || status === "refuted");
const category = (resource: JsonObject, code: string) => coded(resource, "category").includes(code);

export const sections: readonly Section[] = [
  {
    title: "Problems",
    code: "11450-4",
    display: "Problem list - Reported",
    required: true,
    nothing: "No problem is recorded.",
    holds: (one) => one.resourceType === "Condition" && isCurrent(one),
  },
  {
    title: "Allergies and intolerances",
    code: "48765-2",
    display: "Allergies and adverse reactions Document",
    required: true,
    nothing: "No allergy is recorded; whether there is one is not known.",
    holds: (one) => one.resourceType === "AllergyIntolerance" && isCurrent(one),
  },
  {
    title: "Medicines",
    code: "10160-0",
    display: "History of Medication use Narrative",
    required: true,
    nothing: "No medicine is recorded.",
    holds: (one) => (one.resourceType === "MedicationStatement" || one.resourceType === "MedicationRequest") && isCurrent(one),
  },
  {
    title: "Vital signs",
    code: "8716-3",
    display: "Vital signs note",
    required: false,
    nothing: "",
    holds: (one) => one.resourceType === "Observation" && isCurrent(one) && category(one, "vital-signs"),
  },
  {
    title: "Results",
    code: "30954-2",
    display: "Relevant diagnostic tests/laboratory data note",
    required: false,
    nothing: "",
    holds: (one) =>
      isCurrent(one) &&
      (one.resourceType === "DiagnosticReport" ||
        (one.resourceType === "Observation" && (category(one, "laboratory") || category(one, "imaging")))),
  },
  {
    title: "Plan of care",
    code: "18776-5",
    display: "Plan of care note",
    required: false,
    nothing: "",
    holds: (one) => one.resourceType === "CarePlan" && isCurrent(one),
  },
];
