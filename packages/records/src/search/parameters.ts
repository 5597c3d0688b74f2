import type { ServedType } from "../types.ts";

/** FHIR search parameter types that are served. */
export type ParameterKind = "string" | "token" | "reference" | "date" | "uri";

/**
 * How a parameter's values are found without reading every record:
 * - `name`: words, prefixes and letter pairs, truncated;
 * - `identifier`: near-unique values;
 * - `code`: codes of large code systems, truncated;
 * - `month`: dates by month and year;
 * - `reference`: `Type/id`;
 * - `none`: too few different values to index alone (gender, status); filters what another parameter found.
 */
export type IndexKind = "name" | "identifier" | "code" | "month" | "reference" | "none";

export interface SearchParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly index: IndexKind;
  /** Paths below the resource, see `valuesAt`. */
  readonly paths: readonly string[];
  /** Types a reference may point at; chained search goes through these. */
  readonly targets: readonly ServedType[];
}

type Definition = readonly [kind: ParameterKind, index: IndexKind, paths: string, targets?: readonly ServedType[]];

const name = (paths = "name"): Definition => ["string", "name", paths];
const identifier: Definition = ["token", "identifier", "identifier"];
const code = (paths: string): Definition => ["token", "code", paths];
const filter = (paths: string): Definition => ["token", "none", paths];
const date = (paths: string): Definition => ["date", "month", paths];
const to = (paths: string, ...targets: readonly ServedType[]): Definition => ["reference", "reference", paths, targets];
const patient = (path: string) => ({ patient: to(path, "Patient"), subject: to(path, "Patient") });
const practitioners = ["Practitioner", "PractitionerRole", "Organization", "Patient", "RelatedPerson"] as const;

/** The search parameters of FHIR R4 (names and meaning as there) that are served, by resource type. */
const definitions: Record<ServedType, Readonly<Record<string, Definition>>> = {
  AllergyIntolerance: {
    identifier,
    patient: to("patient", "Patient"),
    code: code("code,reaction.substance"),
    "clinical-status": filter("clinicalStatus"),
    "verification-status": filter("verificationStatus"),
    category: filter("category"),
    criticality: filter("criticality"),
    date: date("recordedDate"),
  },
  Appointment: {
    identifier,
    patient: to("participant.actor", "Patient"),
    actor: to("participant.actor", "Patient", "Practitioner", "PractitionerRole", "Location", "RelatedPerson"),
    practitioner: to("participant.actor", "Practitioner"),
    location: to("participant.actor", "Location"),
    date: date("start"),
    status: filter("status"),
    "service-type": filter("serviceType"),
  },
  AuditEvent: {
    date: date("recorded"),
    agent: to("agent.who", ...practitioners),
    entity: ["reference", "reference", "entity.what"],
    patient: to("agent.who,entity.what", "Patient"),
    type: filter("type"),
    action: filter("action"),
  },
  Binary: {},
  Bundle: {
    identifier,
    type: filter("type"),
    timestamp: date("timestamp"),
    composition: to("entry.resource.composition", "Composition"),
  },
  CarePlan: {
    identifier,
    ...patient("subject"),
    category: filter("category"),
    status: filter("status"),
    date: date("period"),
    encounter: to("encounter", "Encounter"),
  },
  Communication: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    sender: to("sender", ...practitioners),
    recipient: to("recipient", ...practitioners),
    sent: date("sent"),
    status: filter("status"),
    category: filter("category"),
  },
  Composition: {
    identifier,
    ...patient("subject"),
    author: to("author", ...practitioners),
    encounter: to("encounter", "Encounter"),
    date: date("date"),
    type: code("type"),
    status: filter("status"),
    title: name("title"),
  },
  Condition: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    code: code("code"),
    "clinical-status": filter("clinicalStatus"),
    "verification-status": filter("verificationStatus"),
    category: filter("category"),
    "onset-date": date("onsetDateTime,onsetPeriod"),
    "recorded-date": date("recordedDate"),
  },
  Consent: {
    identifier,
    patient: to("patient", "Patient"),
    date: date("dateTime"),
    status: filter("status"),
    scope: filter("scope"),
    category: filter("category"),
    consentor: to("performer", ...practitioners),
  },
  DiagnosticReport: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    code: code("code"),
    category: filter("category"),
    status: filter("status"),
    date: date("effective[x]"),
    issued: date("issued"),
    result: to("result", "Observation"),
    "based-on": to("basedOn", "ServiceRequest", "CarePlan", "MedicationRequest"),
  },
  DocumentReference: {
    identifier: ["token", "identifier", "masterIdentifier,identifier"],
    ...patient("subject"),
    author: to("author", ...practitioners),
    encounter: to("context.encounter", "Encounter"),
    type: code("type"),
    category: filter("category"),
    status: filter("status"),
    date: date("date"),
    contenttype: filter("content.attachment.contentType"),
  },
  Encounter: {
    identifier,
    ...patient("subject"),
    date: date("period"),
    status: filter("status"),
    class: filter("class"),
    type: code("type"),
    "reason-code": code("reasonCode"),
    participant: to("participant.individual", "Practitioner", "PractitionerRole", "RelatedPerson"),
    "based-on": to("basedOn", "ServiceRequest"),
    appointment: to("appointment", "Appointment"),
    "service-provider": to("serviceProvider", "Organization"),
  },
  ImagingStudy: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    started: date("started"),
    modality: filter("series.modality"),
    status: filter("status"),
    basedon: to("basedOn", "ServiceRequest", "Appointment", "CarePlan", "Task"),
  },
  Location: {
    identifier,
    name: name("name,alias"),
    status: filter("status"),
    type: filter("type"),
    organization: to("managingOrganization", "Organization"),
    partof: to("partOf", "Location"),
    "address-country": filter("address.country"),
  },
  MeasureReport: {
    identifier,
    ...patient("subject"),
    date: date("date"),
    period: date("period"),
    status: filter("status"),
    measure: ["reference", "reference", "measure"],
    reporter: to("reporter", "Organization", "Practitioner", "PractitionerRole", "Location"),
  },
  MedicationRequest: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    code: code("medicationCodeableConcept"),
    authoredon: date("authoredOn"),
    status: filter("status"),
    intent: filter("intent"),
    requester: to("requester", ...practitioners),
  },
  MedicationStatement: {
    identifier,
    ...patient("subject"),
    code: code("medicationCodeableConcept"),
    effective: date("effective[x]"),
    status: filter("status"),
    context: to("context", "Encounter"),
  },
  Observation: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    code: code("code"),
    "combo-code": code("code,component.code"),
    category: filter("category"),
    status: filter("status"),
    date: date("effective[x]"),
    performer: to("performer", ...practitioners),
    "based-on": to("basedOn", "ServiceRequest", "CarePlan", "MedicationRequest"),
    "value-concept": filter("valueCodeableConcept"),
  },
  Organization: {
    identifier,
    name: name("name,alias"),
    active: filter("active"),
    type: filter("type"),
    partof: to("partOf", "Organization"),
    "address-country": filter("address.country"),
  },
  Patient: {
    identifier,
    name: name(),
    family: name("name.family,name.text"),
    given: name("name.given,name.text"),
    phone: ["token", "identifier", "telecom"],
    email: ["token", "identifier", "telecom"],
    telecom: ["token", "identifier", "telecom"],
    birthdate: date("birthDate"),
    gender: filter("gender"),
    active: filter("active"),
    deceased: filter("deceased[x]"),
    language: filter("communication.language"),
    "general-practitioner": to("generalPractitioner", "Practitioner", "PractitionerRole", "Organization"),
    organization: to("managingOrganization", "Organization"),
    link: to("link.other", "Patient", "RelatedPerson"),
  },
  Practitioner: {
    identifier: ["token", "identifier", "identifier,qualification.identifier"],
    name: name(),
    family: name("name.family,name.text"),
    given: name("name.given,name.text"),
    phone: ["token", "identifier", "telecom"],
    email: ["token", "identifier", "telecom"],
    telecom: ["token", "identifier", "telecom"],
    active: filter("active"),
    gender: filter("gender"),
    communication: filter("communication"),
  },
  PractitionerRole: {
    identifier,
    practitioner: to("practitioner", "Practitioner"),
    organization: to("organization", "Organization"),
    location: to("location", "Location"),
    role: filter("code"),
    specialty: filter("specialty"),
    active: filter("active"),
    date: date("period"),
  },
  Provenance: {
    target: ["reference", "reference", "target"],
    patient: to("target", "Patient"),
    agent: to("agent.who", ...practitioners),
    recorded: date("recorded"),
  },
  Questionnaire: {
    identifier,
    url: ["uri", "identifier", "url"],
    name: name("name"),
    title: name("title"),
    version: filter("version"),
    status: filter("status"),
    date: date("date"),
  },
  QuestionnaireResponse: {
    identifier: ["token", "identifier", "identifier"],
    patient: to("subject", "Patient"),
    subject: ["reference", "reference", "subject"],
    encounter: to("encounter", "Encounter"),
    author: to("author", ...practitioners),
    source: to("source", ...practitioners),
    questionnaire: ["reference", "reference", "questionnaire"],
    "based-on": to("basedOn", "ServiceRequest", "CarePlan"),
    authored: date("authored"),
    status: filter("status"),
  },
  RelatedPerson: {
    identifier,
    patient: to("patient", "Patient"),
    name: name(),
    phone: ["token", "identifier", "telecom"],
    email: ["token", "identifier", "telecom"],
    telecom: ["token", "identifier", "telecom"],
    relationship: filter("relationship"),
    active: filter("active"),
  },
  ServiceRequest: {
    identifier,
    ...patient("subject"),
    encounter: to("encounter", "Encounter"),
    code: code("code"),
    category: filter("category"),
    status: filter("status"),
    intent: filter("intent"),
    priority: filter("priority"),
    authored: date("authoredOn"),
    occurrence: date("occurrence[x]"),
    requester: to("requester", ...practitioners),
    performer: to("performer", ...practitioners),
    requisition: ["token", "identifier", "requisition"],
  },
  Task: {
    identifier,
    patient: to("for", "Patient"),
    subject: ["reference", "reference", "for"],
    focus: ["reference", "reference", "focus"],
    "based-on": ["reference", "reference", "basedOn"],
    encounter: to("encounter", "Encounter"),
    owner: to("owner", ...practitioners),
    requester: to("requester", ...practitioners),
    code: code("code"),
    status: filter("status"),
    intent: filter("intent"),
    priority: filter("priority"),
    "authored-on": date("authoredOn"),
    modified: date("lastModified"),
    period: date("executionPeriod"),
  },
};

/** Of every type. Too few different values to index. Source: FHIR R4, 3.1.1.2. */
const ofEveryType: Readonly<Record<string, Definition>> = {
  _profile: ["uri", "none", "meta.profile"],
  _security: filter("meta.security"),
  _source: ["uri", "none", "meta.source"],
  _tag: filter("meta.tag"),
};

const byType = new Map<ServedType, ReadonlyMap<string, SearchParameter>>();

/** The search parameters of a type by name, without those every type has (`_id`, `_lastUpdated`). */
export function searchParameters(type: ServedType): ReadonlyMap<string, SearchParameter> {
  let found = byType.get(type);
  if (found === undefined) {
    const all = new Map<string, SearchParameter>();
    for (const [name, [kind, index, paths, targets]] of Object.entries({ ...definitions[type], ...ofEveryType })) {
      all.set(name, { name, kind, index, paths: paths.split(","), targets: targets ?? [] });
    }
    found = all;
    byType.set(type, all);
  }
  return found;
}
