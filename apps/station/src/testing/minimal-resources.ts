import type { ServedType } from "@yizhan/records";

const subject = { reference: "Patient/somebody" };
const code = { text: "x" };
const recorded = "2026-11-23T08:00:00Z";

/** The least that is valid of every type that a station serves. */
export const minimalResources: Readonly<Record<ServedType, object>> = {
  AllergyIntolerance: {
    patient: subject,
    clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }] },
  },
  Appointment: { status: "proposed", participant: [{ status: "needs-action", actor: subject }] },
  AuditEvent: { type: { code: "rest" }, recorded, agent: [{ requestor: true }], source: { observer: { display: "x" } } },
  Binary: { contentType: "text/plain", data: "eA==" },
  Bundle: { type: "collection" },
  CarePlan: { status: "active", intent: "plan", subject },
  Communication: { status: "completed" },
  Composition: { status: "final", type: code, date: recorded, author: [{ display: "x" }], title: "x" },
  Condition: { subject },
  Consent: { status: "active", scope: code, category: [code], policyRule: code },
  DiagnosticReport: { status: "final", code },
  DocumentReference: { status: "current", content: [{ attachment: { title: "x" } }] },
  Encounter: { status: "planned", class: { code: "VR" } },
  ImagingStudy: { status: "available", subject },
  Location: { name: "x" },
  MeasureReport: { status: "complete", type: "summary", measure: "urn:measure", period: { start: "2026" } },
  MedicationRequest: { status: "active", intent: "order", medicationCodeableConcept: code, subject },
  MedicationStatement: { status: "active", medicationCodeableConcept: code, subject },
  Observation: { status: "final", code },
  Organization: { name: "x" },
  Patient: { active: true },
  Practitioner: { active: true },
  PractitionerRole: { active: true },
  Provenance: { target: [subject], recorded, agent: [{ who: { display: "x" } }] },
  Questionnaire: { status: "draft" },
  QuestionnaireResponse: { status: "completed" },
  RelatedPerson: { patient: subject },
  ServiceRequest: { status: "active", intent: "order", subject },
  Task: { status: "requested", intent: "order" },
};
