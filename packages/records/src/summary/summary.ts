import { randomUUID } from "node:crypto";
import type { FhirResource, JsonObject } from "../types.ts";
import { isObject } from "../types.ts";
import { valuesAt } from "../walk.ts";
import { line, narrative } from "./narrative.ts";
import { type Section, sections } from "./sections.ts";

export interface SummaryOptions {
  /** The FHIR server's address, without a slash at its end. */
  readonly base: string;
  readonly at: Date;
  /** Who put it together. */
  readonly author: { readonly name: string };
}

const absent = { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }] };
const asJson = (resource: FhirResource) => resource as unknown as JsonObject;

/**
 * An International Patient Summary (HL7 IPS 2.0.0) from a patient's current resources, as a document bundle.
 * What the profile requires and the record lacks is said to be unknown; nothing is made up.
 */
export function patientSummary(resources: readonly FhirResource[], options: SummaryOptions) {
  const { base, at, author } = options;
  const patient = resources.find((resource) => resource.resourceType === "Patient");
  if (patient === undefined) throw new TypeError("a summary needs its patient");
  const address = (resource: FhirResource) => `${base}/${resource.resourceType}/${resource.id ?? ""}`;
  const organization = { fullUrl: `urn:uuid:${randomUUID()}`, resource: { resourceType: "Organization", name: author.name } };
  const taken: FhirResource[] = [];
  const built = sections.flatMap((section) => {
    const entries = resources.filter((resource) => section.holds(asJson(resource)));
    taken.push(...entries);
    return entries.length === 0 && !section.required ? [] : [buildSection(section, entries)];
  });
  const composition = {
    resourceType: "Composition",
    status: "final",
    type: { coding: [{ system: "http://loinc.org", code: "60591-5", display: "Patient summary Document" }] },
    subject: { reference: `Patient/${patient.id ?? ""}` },
    date: at.toISOString(),
    author: [{ reference: organization.fullUrl }],
    title: "International Patient Summary",
    section: built,
  };
  return {
    resourceType: "Bundle",
    identifier: { system: "urn:ietf:rfc:3986", value: `urn:uuid:${randomUUID()}` },
    type: "document",
    timestamp: at.toISOString(),
    entry: [
      { fullUrl: `urn:uuid:${randomUUID()}`, resource: { ...composition, subject: { reference: address(patient) } } },
      { fullUrl: address(patient), resource: summaryPatient(asJson(patient)) },
      ...unique(taken).map((resource) => ({ fullUrl: address(resource), resource: summaryResource(asJson(resource)) })),
      organization,
    ],
  };

  function buildSection(section: Section, entries: readonly FhirResource[]) {
    const text = narrative(entries.length === 0 ? [section.nothing] : entries.map((entry) => line(asJson(entry))));
    return {
      title: section.title,
      code: { coding: [{ system: "http://loinc.org", code: section.code, display: section.display }] },
      text,
      ...(entries.length === 0
        ? {
            emptyReason: {
              coding: [
                {
                  system: "http://terminology.hl7.org/CodeSystem/list-empty-reason",
                  code: "unavailable",
                  display: "Unavailable",
                },
              ],
            },
          }
        : { entry: entries.map((entry) => ({ reference: address(entry) })) }),
    };
  }
}

function unique(resources: readonly FhirResource[]): FhirResource[] {
  return [...new Map(resources.map((one) => [`${one.resourceType}/${one.id ?? ""}`, one])).values()];
}

/** The profile requires a name and a date of birth. */
function summaryPatient(patient: JsonObject): JsonObject {
  return {
    ...patient,
    ...(valuesAt(patient, "name").length === 0 ? { name: [{ text: "Unknown" }] } : {}),
    ...(patient.birthDate === undefined && !isObject(patient["_birthDate"]) ? { _birthDate: absent } : {}),
  };
}

/** The profile requires a statement's time and what a condition or an allergy is. */
function summaryResource(resource: JsonObject): JsonObject {
  if (resource.resourceType === "MedicationStatement" && valuesAt(resource, "effective[x]").length === 0) {
    return { ...resource, _effectiveDateTime: absent };
  }
  const needsCode = resource.resourceType === "Condition" || resource.resourceType === "AllergyIntolerance";
  return needsCode && resource.code === undefined ? { ...resource, code: { text: "Not recorded" } } : resource;
}
