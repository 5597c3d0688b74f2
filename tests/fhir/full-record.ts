/** A transaction that makes a patient with something in every section of a summary that a station can fill. */
export const fullRecord = {
  resourceType: "Bundle",
  type: "transaction",
  entry: [
    post("patient", {
      resourceType: "Patient",
      active: true,
      identifier: [{ system: "urn:yizhan:test", value: "full-1" }],
      name: [{ use: "official", text: "ስሎሞን ተስፋዬ", family: "ተስፋዬ", given: ["ስሎሞን"] }],
      gender: "male",
      birthDate: "1961-03",
      telecom: [{ system: "phone", value: "+251911234567", use: "mobile" }],
      communication: [{ language: { coding: [{ system: "urn:ietf:bcp:47", code: "am" }] }, preferred: true }],
      extension: [{ url: "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", valueBoolean: true }],
    }),
    post("organization", { resourceType: "Organization", name: "Posto médico de obra, Pemba" }),
    post("practitioner", { resourceType: "Practitioner", name: [{ text: "Dr Li Na", family: "Li", given: ["Na"] }] }),
    post("encounter", {
      resourceType: "Encounter",
      status: "finished",
      class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "VR", display: "virtual" },
      subject: { reference: "urn:uuid:patient" },
      participant: [{ individual: { reference: "urn:uuid:practitioner" } }],
      serviceProvider: { reference: "urn:uuid:organization" },
      period: {
        start: "2026-11-20T08:00:00+02:00",
        _start: { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/timezone", valueCode: "Africa/Maputo" }] },
        end: "2026-11-20T08:25:00+02:00",
      },
    }),
    post("condition", {
      resourceType: "Condition",
      clinicalStatus: coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
      verificationStatus: coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
      category: [coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
      code: { ...coded("http://hl7.org/fhir/sid/icd-10", "I10"), text: "Essential hypertension" },
      subject: { reference: "urn:uuid:patient" },
      encounter: { reference: "urn:uuid:encounter" },
      onsetDateTime: "2019",
    }),
    post("past", {
      resourceType: "Condition",
      clinicalStatus: coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved"),
      code: { text: "Malaria" },
      subject: { reference: "urn:uuid:patient" },
      onsetDateTime: "2025-02",
      abatementDateTime: "2025-03",
    }),
    post("allergy", {
      resourceType: "AllergyIntolerance",
      clinicalStatus: coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
      verificationStatus: coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "unconfirmed"),
      type: "allergy",
      category: ["medication"],
      criticality: "high",
      code: { ...coded("http://www.whocc.no/atc", "J01CE01"), text: "Benzylpenicillin" },
      patient: { reference: "urn:uuid:patient" },
      reaction: [{ manifestation: [{ text: "rash" }], severity: "moderate" }],
    }),
    post("request", {
      resourceType: "MedicationRequest",
      status: "active",
      intent: "order",
      medicationCodeableConcept: { ...coded("http://www.whocc.no/atc", "C08CA01"), text: "Amlodipine 5 mg" },
      subject: { reference: "urn:uuid:patient" },
      authoredOn: "2026-11-20",
      requester: { reference: "urn:uuid:practitioner" },
      dosageInstruction: [{ text: "One tablet in the morning" }],
    }),
    post("statement", {
      resourceType: "MedicationStatement",
      status: "active",
      medicationCodeableConcept: { text: "Paracetamol 500 mg" },
      subject: { reference: "urn:uuid:patient" },
    }),
    post("pressure", {
      resourceType: "Observation",
      status: "final",
      category: [coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")],
      code: { ...coded("http://loinc.org", "85354-9"), text: "Blood pressure" },
      subject: { reference: "urn:uuid:patient" },
      effectiveDateTime: "2026-11-20T08:05:00+02:00",
      performer: [{ reference: "urn:uuid:practitioner" }],
      component: [pressure("8480-6", "Systolic", 152), pressure("8462-4", "Diastolic", 94)],
    }),
    post("glucose", {
      resourceType: "Observation",
      status: "final",
      category: [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
      code: { ...coded("http://loinc.org", "14749-6"), text: "Glucose" },
      subject: { reference: "urn:uuid:patient" },
      effectiveDateTime: "2026-11-20",
      performer: [{ reference: "urn:uuid:organization" }],
      valueQuantity: { value: 5.9, unit: "mmol/L", system: "http://unitsofmeasure.org", code: "mmol/L" },
    }),
    post("report", {
      resourceType: "DiagnosticReport",
      status: "final",
      category: [coded("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
      code: { text: "Chemistry" },
      subject: { reference: "urn:uuid:patient" },
      effectiveDateTime: "2026-11-20",
      performer: [{ reference: "urn:uuid:organization" }],
      result: [{ reference: "urn:uuid:glucose" }],
    }),
    post("plan", {
      resourceType: "CarePlan",
      status: "active",
      intent: "plan",
      subject: { reference: "urn:uuid:patient" },
      title: "Measure blood pressure each week",
      description: "Each Monday, sitting, after five minutes of rest.",
    }),
    post("provenance", {
      resourceType: "Provenance",
      target: [{ reference: "urn:uuid:condition" }],
      recorded: "2026-11-20T08:26:00+02:00",
      agent: [{ who: { reference: "urn:uuid:practitioner" } }],
    }),
  ],
};

function post(id: string, resource: { readonly resourceType: string; readonly [key: string]: unknown }) {
  return { fullUrl: `urn:uuid:${id}`, resource, request: { method: "POST", url: resource.resourceType } };
}

function coded(system: string, code: string) {
  return { coding: [{ system, code }] };
}

function pressure(code: string, text: string, value: number) {
  return {
    code: { ...coded("http://loinc.org", code), text },
    valueQuantity: { value, unit: "mmHg", system: "http://unitsofmeasure.org", code: "mm[Hg]" },
  };
}
