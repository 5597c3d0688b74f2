import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { validate } from "./validate.ts";

const errors = (value: unknown) => validate(value).filter((issue) => issue.severity === "error");
const patient = { resourceType: "Patient", name: [{ family: "王", given: ["小明"] }], gender: "male", birthDate: "1980-02-29" };
const condition = (coding: object) => ({
  resourceType: "Condition",
  subject: { reference: "Patient/1" },
  code: { coding: [coding] },
});

test("accepts what HL7's definitions accept", () => {
  expect(errors(patient)).toEqual([]);
  expect(errors(condition({ system: "http://hl7.org/fhir/sid/icd-10", code: "B54" }))).toEqual([]);
  expect(errors(condition({ system: "http://www.whocc.no/atc", code: "P01BF01" }))).toEqual([]);
});

test("accepts contained resources of types that are not served, and groups that hold groups", () => {
  const request = {
    resourceType: "MedicationRequest",
    status: "active",
    intent: "order",
    subject: { reference: "Patient/1" },
    contained: [{ resourceType: "Medication", id: "m", code: { text: "artemether + lumefantrine" } }],
    medicationReference: { reference: "#m" },
  };
  expect(errors(request)).toEqual([]);
  const consent = {
    resourceType: "Consent",
    status: "active",
    scope: { coding: [{ code: "patient-privacy" }] },
    category: [{ text: "telemedicine" }],
    policyRule: { text: "opt-in" },
    provision: { type: "permit", provision: [{ type: "deny" }, { type: "permit" }] },
  };
  expect(errors(consent)).toEqual([]);
  const answerCode = { coding: [{ system: "http://loinc.org", code: "LA6752-5" }] };
  expect(errors({ resourceType: "Observation", status: "final", code: answerCode })).toEqual([]);
});

test.each([
  ["a code outside its required value set", { ...patient, gender: "x" }, "Patient.gender"],
  ["a property that is not there", { ...patient, shoeSize: 43 }, "Patient.shoeSize"],
  ["a date that is none", { ...patient, birthDate: "1980-13-01" }, "Patient.birthDate"],
  ["a missing element", { resourceType: "Observation", status: "final" }, "Observation.code"],
  ["a wrong LOINC check digit", condition({ system: "http://loinc.org", code: "8867-5" }), "Condition.code.coding.code"],
  [
    "an ICD-10 code of two places",
    condition({ system: "http://hl7.org/fhir/sid/icd-10", code: "B5" }),
    "Condition.code.coding.code",
  ],
  ["an ATC code of four places", condition({ system: "http://www.whocc.no/atc", code: "P01BF0" }), "Condition.code.coding.code"],
  [
    "an interpreter flag that is no flag",
    {
      ...patient,
      extension: [{ url: "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", valueString: "yes" }],
    },
    "Patient.extension",
  ],
  [
    "a time zone that is none",
    {
      ...patient,
      _birthDate: { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/timezone", valueCode: "Africa/Atlantis" }] },
    },
    "Patient._birthDate.extension",
  ],
  [
    "a time zone that belongs to no time",
    { ...patient, extension: [{ url: "http://hl7.org/fhir/StructureDefinition/timezone", valueCode: "Africa/Maputo" }] },
    "Patient.extension",
  ],
])("refuses %s and names the element", (_what, value, path) => {
  expect(errors(value).map((issue) => issue.path)).toContain(path);
});

test("refuses other types and a resource nested 10,000 deep, without falling over", () => {
  expect(errors({ resourceType: "Basic" })[0]?.code).toBe("not-supported");
  let nested: object = {};
  for (let depth = 0; depth < 10_000; depth += 1) nested = { extension: [nested] };
  expect(errors({ resourceType: "Patient", ...nested })[0]?.code).toBe("too-costly");
});

test("never repeats a value it dislikes", () => {
  const said = JSON.stringify(
    validate({ ...patient, gender: "Quibbleton", birthDate: "Quibbleton", Quibbletons: 1, deceasedBoolean: "Quibbleton" }),
  );
  expect(said.replaceAll("Patient.Quibbletons", "")).not.toContain("Quibbleton");
});

test("the committed definitions are what the script makes of the package", { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "yizhan-definitions-"));
  const made = join(directory, "r4.json");
  execFileSync(process.execPath, [join(import.meta.dirname, "../../scripts/trim-definitions.ts"), made]);
  expect(readFileSync(made, "utf8")).toBe(readFileSync(join(import.meta.dirname, "../../definitions/r4.json"), "utf8"));
  rmSync(directory, { recursive: true });
});
