import { afterAll, beforeAll, expect, test } from "vitest";
import type { CaseRow } from "../cases/schema.ts";
import { type Ask, eventsOf, openTestCase, startTestStation, type TestStation } from "../testing/station.ts";
import type { Prescription, Reviews } from "./schema.ts";

let station: TestStation;
let clinician: Ask;
let second: Ask;
let pharmacist: Ask;
let coordinator: Ask;
beforeAll(async () => {
  station = await startTestStation({}, ["clinician", "second", "pharmacist", "coordinator", "administrator"]);
  [clinician, second, pharmacist, coordinator] = [
    await station.signIn("clinician"),
    await station.signIn("second"),
    await station.signIn("pharmacist"),
    await station.signIn("coordinator"),
  ];
});
afterAll(() => station.close());

const amoxicillin = {
  medicine: "Amoxicilina 500 mg cápsulas",
  dose: { value: 1, unit: "capsule" },
  frequency: "8-hours",
  asNeeded: false,
  route: "mouth",
  days: 7,
  note: "Depois de comer.",
} as const;
const post = { method: "POST" };
const status = async (answer: Promise<Response>) => (await answer).status;

async function ownCase() {
  const one = await openTestCase(station);
  await clinician(`/api/cases/${one.id}/claim`, post);
  return one;
}
const write = (id: string, json: object = {}, ask = clinician) =>
  ask(`/api/cases/${id}/prescriptions`, { json: { key: crypto.randomUUID(), ...amoxicillin, ...json } });
const written = async (answer: Promise<Response>) => (await (await answer).json()) as Prescription;
async function listed(id: string): Promise<Prescription[]> {
  const answer = await clinician(`/api/cases/${id}/prescriptions`);
  return ((await answer.json()) as { prescriptions: Prescription[] }).prescriptions;
}
async function waiting(caseNumber: string) {
  const { waiting: all } = (await (await pharmacist("/api/prescriptions")).json()) as Reviews;
  return all.filter((one) => one.caseNumber === caseNumber);
}
const row = async (caseNumber: string) =>
  ((await (await clinician(`/api/cases?caseNumber=${caseNumber}`)).json()) as { cases: CaseRow[] }).cases[0];
const decide = (id: string, json: object) => pharmacist(`/api/prescriptions/${id}/review`, { json });
const medicinesOf = async (one: { caseNumber: string; accessCode: string }) =>
  JSON.stringify(await (await (await station.openRecord(one))("/api/my/summary")).json());

test("a prescription waits, is reviewed with what forbids it beside it, and only then is the patient's", async () => {
  const one = await ownCase();
  const page = await eventsOf(pharmacist, "/api/prescriptions/events");
  await page.next();
  const words = { language: "pt", text: "1 cápsula · a cada 8 horas · pela boca · durante 7 dias" };
  const made = await written(write(one.id, { words }));
  // The pages say it from the structure, each in its own language.
  expect(made.text).toBe("");
  expect(made).toMatchObject({ ...amoxicillin, state: "waiting", by: { name: "clinician" } });
  expect(((await page.next()) as Reviews).waiting.map(({ prescription }) => prescription.id)).toContain(made.id);
  await page.stop();
  const [found] = await waiting(one.caseNumber);
  expect(found).toMatchObject({
    prescription: { ...amoxicillin, id: made.id },
    patient: { name: "Ana Maria João", birthYear: 1980, gender: "female", language: "pt" },
    said: { allergies: "penicilina", medicines: "paracetamol 500 mg" },
  });
  expect(JSON.stringify(found)).not.toContain("cabeça");
  expect((await row(one.caseNumber))?.prescription).toBe("waiting");
  expect(await status(decide(made.id, { decision: "accept", version: made.version }))).toBe(204);
  expect(await waiting(one.caseNumber)).toEqual([]);
  expect(await listed(one.id)).toMatchObject([{ id: made.id, state: "accepted", review: { by: { name: "pharmacist" } } }]);
  expect((await row(one.caseNumber))?.prescription).toBeUndefined();
  expect(await medicinesOf(one)).toContain(amoxicillin.medicine);
  const fhir = station.withToken(station.token);
  expect(await (await fhir(`/fhir/MedicationRequest/${made.id}`)).json()).toMatchObject({
    status: "active",
    intent: "order",
    language: "pt",
    dosageInstruction: [
      {
        text: words.text,
        timing: { repeat: { frequency: 1, period: 8, periodUnit: "h", boundsDuration: { value: 7, code: "d" } } },
        doseAndRate: [{ doseQuantity: { value: 1, code: "{capsule}", system: "http://unitsofmeasure.org" } }],
      },
    ],
  });
  const tasks = (await (await fhir(`/fhir/Task?focus=MedicationRequest/${made.id}`)).json()) as { entry: { resource: object }[] };
  expect(tasks.entry.map(({ resource }) => resource)).toMatchObject([
    { status: "completed", code: { coding: [{ code: "approve" }] }, owner: { identifier: { system: "urn:yizhan:account" } } },
  ]);
});

test("what a pharmacist returns comes back with the reason, is nobody's medicine, and the case does not close over it", async () => {
  const one = await ownCase();
  const made = await written(write(one.id));
  const close = () => status(clinician(`/api/cases/${one.id}/close`, { json: { outcome: "resolved" } }));
  expect(await close()).toBe(409);
  const changes = await eventsOf(clinician, "/api/cases/events");
  await changes.next();
  const reason = "Alérgica à penicilina: escolher outro.";
  expect(await status(decide(made.id, { decision: "return", version: made.version, reason: "não" }))).toBe(400);
  expect(await status(decide(made.id, { decision: "return", version: made.version, reason }))).toBe(204);
  await changes.next();
  await changes.stop();
  expect(await listed(one.id)).toMatchObject([{ state: "returned", review: { reason, by: { name: "pharmacist" } } }]);
  expect((await row(one.caseNumber))?.prescription).toBe("returned");
  expect(await waiting(one.caseNumber)).toEqual([]);
  expect(await medicinesOf(one)).not.toContain(amoxicillin.medicine);
  expect(await close()).toBe(409);
  expect(await status(clinician(`/api/cases/${one.id}/prescriptions/${made.id}/withdraw`, post))).toBe(204);
  expect(await listed(one.id)).toMatchObject([{ state: "ended", review: { reason } }]);
  expect(await status(clinician(`/api/cases/${one.id}/prescriptions/${made.id}/withdraw`, post))).toBe(409);
  expect(await close()).toBe(200);
});

test("sent twice over a bad line it is one prescription, and decided once", async () => {
  const one = await ownCase();
  const key = crypto.randomUUID();
  const [first, again] = [await written(write(one.id, { key })), await written(write(one.id, { key }))];
  expect(again).toEqual(first);
  expect(await listed(one.id)).toHaveLength(1);
  // The answer was lost, and the dose is changed before it is sent again: nobody is told that it arrived.
  expect(await status(write(one.id, { key, dose: { value: 2, unit: "capsule" } }))).toBe(409);
  expect(await listed(one.id)).toEqual([first]);
  const other = await ownCase();
  expect(await status(write(other.id, { key }))).toBe(409);
  expect(await status(decide(first.id, { decision: "accept", version: first.version + 1 }))).toBe(409);
  const both = await Promise.all([
    status(decide(first.id, { decision: "accept", version: first.version })),
    status(decide(first.id, { decision: "return", version: first.version, reason: "Dose too high for the weight." })),
  ]);
  expect(both.toSorted()).toEqual([204, 409]);
});

test("withdrawn while it waits, it is gone from the pharmacist's page; accepted, it is stopped", async () => {
  const one = await ownCase();
  const [early, late] = [await written(write(one.id)), await written(write(one.id, { medicine: "Ibuprofeno 400 mg" }))];
  const end = (id: string) => status(clinician(`/api/cases/${one.id}/prescriptions/${id}/withdraw`, post));
  expect(await end(early.id)).toBe(204);
  expect(await status(decide(early.id, { decision: "accept", version: early.version }))).toBe(409);
  expect((await waiting(one.caseNumber)).map(({ prescription }) => prescription.id)).toEqual([late.id]);
  expect(await status(decide(late.id, { decision: "accept", version: late.version }))).toBe(204);
  expect(await medicinesOf(one)).toContain("Ibuprofeno");
  expect(await end(late.id)).toBe(204);
  expect((await listed(one.id)).map(({ state }) => state)).toEqual(["ended", "ended"]);
});

test("only who has the case prescribes into it, and what is no dose is refused", async () => {
  const one = await ownCase();
  const unclaimed = await openTestCase(station);
  for (const [ask, id] of [
    [second, one.id],
    [clinician, unclaimed.id],
    [coordinator, one.id],
    [pharmacist, one.id],
    [station.withToken(station.token), one.id],
  ] as const)
    expect(await status(write(id, {}, ask))).toBe(403);
  expect(await status(write(crypto.randomUUID()))).toBe(404);
  for (const wrong of [
    { dose: { value: 0, unit: "mg" } },
    { dose: { value: -5, unit: "mg" } },
    { dose: { value: 5, unit: "spoon" } },
    { dose: { value: 0.0625, unit: "mg" } },
    { days: undefined },
    { days: 0 },
    { frequency: "once" },
    { medicine: " " },
    { route: "somehow" },
    { words: { language: "pt", text: "" } },
    { words: { language: "<pt>", text: "1 cápsula" } },
    { more: true },
  ])
    expect([wrong, await status(write(one.id, wrong))]).toEqual([wrong, 400]);
  expect(await listed(one.id)).toEqual([]);
  expect(await status(write(one.id, { frequency: "once", days: undefined }))).toBe(201);
  expect(await status(second(`/api/cases/${one.id}/prescriptions`))).toBe(403);
  expect(await status(coordinator(`/api/cases/${one.id}/prescriptions`))).toBe(200);
});

test("a hospital system asks for a review in FHIR, and its dose is shown in its own words", async () => {
  const one = await ownCase();
  const { resources } = (await (await clinician(`/api/cases/${one.id}`)).json()) as { resources: { patient: string } };
  const subject = { reference: `Patient/${resources.patient}` };
  const fhir = station.withToken(station.token);
  const request = {
    resourceType: "MedicationRequest",
    status: "draft",
    intent: "order",
    medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code: "A10AB01", display: "Insulin (human)" }] },
    subject,
    dosageInstruction: [{ text: "8 units before breakfast" }, { text: "6 units before supper" }],
  };
  const made = (await (await fhir("/fhir/MedicationRequest", { json: request })).json()) as { id: string };
  const odd = {
    ...request,
    dosageInstruction: [
      {
        route: { coding: [{ system: "http://standardterms.edqm.eu", code: "20053000", display: "Oral use" }] },
        timing: { code: { text: "BID" } },
        doseAndRate: [{ doseQuantity: { value: 0.0625, unit: "mg", system: "http://unitsofmeasure.org", code: "mg" } }],
      },
    ],
  };
  expect(await status(fhir("/fhir/MedicationRequest", { json: odd }))).toBe(201);
  expect((await listed(one.id)).find(({ text }) => text.startsWith("0.0625"))?.text).toBe("0.0625 mg · BID · Oral use");
  const often = {
    ...request,
    dosageInstruction: [{ timing: { repeat: { frequency: 5, period: 1, periodUnit: "d" } }, asNeededBoolean: true }],
  };
  expect(await status(fhir("/fhir/MedicationRequest", { json: often }))).toBe(201);
  expect((await listed(one.id)).map(({ state, text }) => [state, text])).toContainEqual([
    "draft",
    '{"frequency":5,"period":1,"periodUnit":"d"}',
  ]);
  const task = {
    resourceType: "Task",
    identifier: [{ system: "urn:yizhan:review", value: "waiting" }],
    status: "requested",
    intent: "order",
    code: { coding: [{ system: "http://hl7.org/fhir/CodeSystem/task-code", code: "approve" }] },
    focus: { reference: `MedicationRequest/${made.id}` },
    for: subject,
  };
  expect(await status(fhir("/fhir/Task", { json: task }))).toBe(201);
  const [found] = await waiting(one.caseNumber);
  expect(found?.prescription).toMatchObject({
    medicine: "Insulin (human)",
    text: "8 units before breakfast\n6 units before supper",
  });
  expect(found?.prescription).not.toHaveProperty("dose");
  // Another Task about the same prescription is no review of it.
  const fulfil = { ...task, code: { coding: [{ ...task.code.coding[0], code: "fulfill" }] } };
  expect(await status(fhir("/fhir/Task", { json: { ...fulfil, identifier: undefined } }))).toBe(201);
  expect(await status(decide(made.id, { decision: "accept", version: found?.prescription.version }))).toBe(204);
  expect(await waiting(one.caseNumber)).toEqual([]);
  // A prescription that is deleted there waits for nobody, and holds no case open.
  const gone = (await (await fhir("/fhir/MedicationRequest", { json: request })).json()) as { id: string };
  const about = { ...task, focus: { reference: `MedicationRequest/${gone.id}` } };
  expect(await status(fhir("/fhir/Task", { json: about }))).toBe(201);
  expect(await waiting(one.caseNumber)).toHaveLength(1);
  expect(await status(fhir(`/fhir/MedicationRequest/${gone.id}`, { method: "DELETE" }))).toBe(204);
  expect(await waiting(one.caseNumber)).toEqual([]);
  expect(await status(clinician(`/api/cases/${one.id}/close`, { json: { outcome: "resolved" } }))).toBe(200);
});

test("each look and each decision is in the audit log, and not a word of the prescription", async () => {
  const one = await ownCase();
  const made = await written(write(one.id));
  await waiting(one.caseNumber);
  await decide(made.id, { decision: "accept", version: made.version });
  const { entries } = (await (await coordinator("/api/audit")).json()) as { entries: { action: string; detail?: string }[] };
  for (const action of ["prescription.review", "prescription.accept"])
    expect(entries).toContainEqual(expect.objectContaining({ action, detail: made.id }));
  expect(entries.map(({ action }) => action)).toContain("prescription.write");
  expect(JSON.stringify(entries)).not.toContain("Amoxicilina");
});
