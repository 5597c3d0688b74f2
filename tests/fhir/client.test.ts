import { MedplumClient } from "@medplum/core";
import { createLog, type NodeServer, serveNode } from "@yizhan/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStation, type TestStation } from "../../apps/station/src/testing/station.ts";
import { freePortBase } from "../support/local.ts";

// A client of FHIR servers that we did not write, over HTTP, with the application token of a local demonstration.
let station: TestStation;
let server: NodeServer;
let client: MedplumClient;

beforeAll(async () => {
  const port = await freePortBase();
  const publicUrl = `http://127.0.0.1:${port}`;
  station = await startTestStation({ publicUrl }, []);
  server = await serveNode({ app: station.app, host: "127.0.0.1", port, log: createLog("station", "silent") });
  client = new MedplumClient({ baseUrl: publicUrl, fhirUrlPath: "fhir", accessToken: station.token, cacheTime: 0 });
});
afterAll(async () => {
  await server.close();
  await station.close();
});

test("a whole visit", async () => {
  const patient = await client.createResource({
    resourceType: "Patient",
    identifier: [{ system: "urn:clinic", value: "visit-1" }],
    name: [{ text: "សុខ ចាន់ថា" }],
    gender: "female",
    birthDate: "1958",
  });
  const same = await client.createResourceIfNoneExist({ resourceType: "Patient" }, "identifier=urn:clinic|visit-1");
  expect(same.id).toBe(patient.id);
  const subject = { reference: `Patient/${patient.id}` };
  const encounter = await client.createResource({
    resourceType: "Encounter",
    status: "in-progress",
    class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "VR" },
    subject,
  });
  for (const value of [37.2, 38.6, 39.1]) {
    await client.createResource({
      resourceType: "Observation",
      status: "final",
      code: { coding: [{ system: "http://loinc.org", code: "8310-5" }] },
      subject,
      encounter: { reference: `Encounter/${encounter.id}` },
      effectiveDateTime: "2026-11-23T08:00:00Z",
      valueQuantity: { value, unit: "°C", system: "http://unitsofmeasure.org", code: "Cel" },
    });
  }
  const allergy = await client.createResource({
    resourceType: "AllergyIntolerance",
    patient: subject,
    code: { text: "penicillin" },
    clinicalStatus: {
      coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }],
    },
  });
  const bundle = await client.executeBatch({
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        fullUrl: "urn:uuid:6a1e7f7e-95f1-4a41-b9f5-0f1f6a2d5b11",
        resource: { resourceType: "Condition", subject, code: { text: "malaria" } },
        request: { method: "POST", url: "Condition" },
      },
      {
        resource: {
          resourceType: "MedicationRequest",
          status: "active",
          intent: "order",
          subject,
          medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code: "P01BF01" }] },
          reasonReference: [{ reference: "urn:uuid:6a1e7f7e-95f1-4a41-b9f5-0f1f6a2d5b11" }],
        },
        request: { method: "POST", url: "MedicationRequest" },
      },
    ],
  });
  expect(bundle.entry?.map((entry) => entry.response?.status?.slice(0, 3))).toEqual(["201", "201"]);

  const pages = [];
  for await (const page of client.searchResourcePages("Observation", { patient: patient.id, _count: "2" }))
    pages.push(page.length);
  expect(pages).toEqual([2, 1]);
  const included = await client.search("Observation", `patient.name=សុខ&_include=Observation:encounter`);
  expect(included.entry?.map((entry) => entry.search?.mode).toSorted()).toEqual(["include", "match", "match", "match"]);
  const back = await client.search("Encounter", `_id=${encounter.id}&_revinclude=Observation:encounter`);
  expect(back.entry?.length).toBe(4);

  const patched = await client.patchResource("AllergyIntolerance", allergy.id, [
    { op: "test", path: "/meta/versionId", value: "1" },
    { op: "add", path: "/criticality", value: "high" },
  ]);
  expect([patched.criticality, patched.meta?.versionId]).toEqual(["high", "2"]);
  const closed = await client.updateResource({ ...encounter, status: "finished" });
  expect(closed.status).toBe("finished");
  expect((await client.readHistory("Encounter", encounter.id)).entry?.map((entry) => entry.resource?.status)).toEqual([
    "finished",
    "in-progress",
  ]);
  expect((await client.readVersion("Encounter", encounter.id, "1")).status).toBe("in-progress");

  const everything = await client.readPatientEverything(patient.id);
  const types = everything.entry?.map((entry) => entry.resource?.resourceType);
  expect(
    Object.entries(Object.groupBy(types ?? [], (type) => type ?? ""))
      .map(([type, all]) => [type, all?.length])
      .toSorted(),
  ).toEqual([
    ["AllergyIntolerance", 1],
    ["Condition", 1],
    ["Encounter", 1],
    ["MedicationRequest", 1],
    ["Observation", 3],
    ["Patient", 1],
  ]);
  const summary = await client.readPatientSummary(patient.id);
  expect([summary.type, summary.entry?.[0]?.resource?.resourceType]).toEqual(["document", "Composition"]);

  await client.deleteResource("AllergyIntolerance", allergy.id);
  await expect(client.readResource("AllergyIntolerance", allergy.id)).rejects.toThrow(/deleted/i);
  await expect(client.createResource({ resourceType: "Patient", gender: "x" as "male" })).rejects.toThrow(/value set/i);
});
