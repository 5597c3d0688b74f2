import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, openTestCase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
let administrator: Ask;
let pharmacist: Ask;
beforeAll(async () => {
  station = await startTestStation({}, ["administrator", "pharmacist", "interpreter"]);
  [administrator, pharmacist] = [await station.signIn("administrator"), await station.signIn("pharmacist")];
});
afterAll(() => station.close());

const status = async (answer: Promise<Response>) => (await answer).status;
const fhir = { "content-type": "application/fhir+json" };

async function patientWithMedicine() {
  const { id } = await openTestCase(station);
  const view = (await (await administrator(`/api/cases/${id}`)).json()) as { resources: Record<string, string> };
  const { patient = "", questionnaireResponse = "" } = view.resources;
  const json = {
    resourceType: "MedicationRequest",
    status: "active",
    intent: "order",
    medicationCodeableConcept: { text: "Amoxicilina 500 mg" },
    subject: { reference: `Patient/${patient}` },
  };
  const made = await station.withToken(station.token)("/fhir/MedicationRequest", { json, headers: fhir });
  return { caseId: id, patient, questionnaireResponse, medicine: ((await made.json()) as { id: string }).id };
}

test("a pharmacist reviews a prescription of an open case: who, which medicines, what forbids them; not the patient's story", async () => {
  const { caseId, patient, questionnaireResponse, medicine } = await patientWithMedicine();
  const read = (path: string) => status(pharmacist(`/fhir/${path}`));
  expect([await read(`Patient/${patient}`), await read(`MedicationRequest/${medicine}`)]).toEqual([200, 200]);
  expect(await read(`AllergyIntolerance?patient=Patient/${patient}`)).toBe(200);
  expect([await read(`QuestionnaireResponse/${questionnaireResponse}`), await read(`ServiceRequest/${caseId}`)]).toEqual([
    403, 403,
  ]);
  const json = { resourceType: "Patient", id: patient };
  expect(await status(pharmacist(`/fhir/Patient/${patient}`, { method: "PUT", json, headers: fhir }))).toBe(403);
  for (const path of ["/api/cases", `/api/cases/${caseId}`, "/api/sessions"]) expect(await status(pharmacist(path))).toBe(403);
  await administrator(`/api/cases/${caseId}/close`, { json: { outcome: "resolved" } });
  expect(await read(`MedicationRequest/${medicine}`)).toBe(403);
  const interpreter = await station.signIn("interpreter");
  expect(await status(interpreter(`/fhir/Patient/${patient}`))).toBe(403);
});

test("a token of one patient reaches that patient; without one, scopes of the context `patient` are refused", async () => {
  const [mine, other] = [await patientWithMedicine(), await patientWithMedicine()];
  const make = (json: object) => administrator("/api/tokens", { json: { name: "app", scopes: "patient/*.rs", ...json } });
  expect(await status(make({}))).toBe(400);
  const { secret } = (await (await make({ patientId: mine.patient })).json()) as { secret: string };
  const app = station.withToken(secret);
  expect(await status(app(`/fhir/MedicationRequest/${mine.medicine}`))).toBe(200);
  expect(await status(app(`/fhir/MedicationRequest/${other.medicine}`))).toBe(403);
  const found = await app("/fhir/MedicationRequest?_count=100");
  expect(((await found.json()) as { entry: { resource: { id: string } }[] }).entry.map((one) => one.resource.id)).toEqual([
    mine.medicine,
  ]);
  // Not even how many there are of others'.
  for (const query of ["_count=0&_total=accurate", "_count=1&_total=accurate", "_summary=count"]) {
    const counted = await app(`/fhir/MedicationRequest?${query}`);
    expect(((await counted.json()) as { total?: number }).total, query).toBeUndefined();
  }
  expect(await status(app("/api/cases"))).toBe(403);
});
