import type { FhirResource } from "@yizhan/records";
import type { Intake } from "./schema.ts";

type Of<T extends FhirResource["resourceType"]> = Extract<FhirResource, { resourceType: T }>;

/** Systems of our own identifiers and texts. */
export const systems = {
  caseNumber: "urn:yizhan:case-number",
  intake: "urn:yizhan:questionnaire:intake",
  consent: "urn:yizhan:consent",
} as const;

/** The extension for people who need an interpreter, HL7's own. */
const interpreterRequired = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";

export function patientOf(intake: Intake): Of<"Patient"> {
  return {
    resourceType: "Patient",
    active: true,
    name: [{ use: "usual", text: intake.name }],
    gender: intake.gender ?? "unknown",
    ...(intake.birthYear === undefined ? {} : { birthDate: String(intake.birthYear) }),
    ...(intake.phone === undefined ? {} : { telecom: [{ system: "phone", value: intake.phone }] }),
    communication: [{ language: languageConcept(intake.language), preferred: true }],
    ...(intake.interpreterNeeded === undefined
      ? {}
      : { extension: [{ url: interpreterRequired, valueBoolean: intake.interpreterNeeded }] }),
  };
}

export function consentOf(intake: Intake, patient: string, at: string): Of<"Consent"> {
  return {
    resourceType: "Consent",
    status: "active",
    language: intake.consent.language,
    scope: {
      coding: [{ system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "treatment", display: "Treatment" }],
    },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0", display: "Patient Consent" }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: at,
    policy: [{ uri: `${systems.consent}:${intake.consent.version}` }],
    provision: { type: "permit" },
  };
}

export function answersOf(intake: Intake, patient: string, at: string): Of<"QuestionnaireResponse"> {
  const text = (linkId: string, value: string) => (value === "" ? [] : [{ linkId, answer: [{ valueString: value }] }]);
  return {
    resourceType: "QuestionnaireResponse",
    status: "completed",
    language: intake.language,
    questionnaire: `${systems.intake}|1`,
    subject: { reference: `Patient/${patient}` },
    source: { reference: `Patient/${patient}` },
    authored: at,
    item: [
      ...text("complaint", intake.complaint),
      ...text("since", intake.since),
      { linkId: "pain", answer: [{ valueInteger: intake.pain }] },
      ...text("allergies", intake.allergies),
      ...text("medicines", intake.medicines),
    ],
  };
}

export function requestOf(
  intake: Intake,
  links: { readonly patient: string; readonly answers: string; readonly consent: string },
  caseNumber: string,
  at: string,
): Of<"ServiceRequest"> {
  return {
    resourceType: "ServiceRequest",
    status: "active",
    intent: "order",
    language: intake.language,
    identifier: [{ system: systems.caseNumber, value: caseNumber }],
    code: { text: "Teleconsultation" },
    subject: { reference: `Patient/${links.patient}` },
    authoredOn: at,
    requester: { reference: `Patient/${links.patient}` },
    reasonCode: [{ text: intake.complaint }],
    supportingInfo: [{ reference: `QuestionnaireResponse/${links.answers}` }, { reference: `Consent/${links.consent}` }],
  };
}

function languageConcept(tag: string) {
  return { coding: [{ system: "urn:ietf:bcp:47", code: tag }] };
}
