import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, eventsOf, openTestCase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
let coordinator: Ask;
beforeAll(async () => {
  station = await startTestStation({}, ["coordinator", "clinician"]);
  coordinator = await station.signIn("coordinator");
});
afterAll(() => station.close());

interface OwnRecord {
  case: { caseNumber: string; status: string };
  consents: { id: string; active: boolean }[];
  forget?: { state: string; answer?: string };
}
const record = async (patient: Ask) => (await (await patient("/api/my/record")).json()) as OwnRecord;

test("number and one-time code open one's own record; the code is spent, the next one opens", async () => {
  const { caseNumber, accessCode } = await openTestCase(station);
  const signIn = (code: string) =>
    station.nobody("/api/my/sign-in", { json: { caseNumber: caseNumber.toLowerCase(), accessCode: code } });
  const first = await signIn(accessCode);
  expect(first.status).toBe(200);
  expect(first.headers.get("set-cookie")).toMatch(
    /^yizhan_patient=[\w-]{43}; Path=\/api\/my; Expires=.*; HttpOnly; SameSite=Strict$/,
  );
  const { nextCode } = (await first.json()) as { nextCode: string };
  expect(nextCode).toMatch(/^\d{8}$/);
  expect((await signIn(nextCode)).status).toBe(200);
  expect((await station.nobody("/api/my/record")).status).toBe(401);
  const patient = await station.openRecord({
    caseNumber,
    accessCode: ((await (await signIn(nextCode)).json()) as { nextCode: string }).nextCode,
  });
  expect(await record(patient)).toMatchObject({
    case: { caseNumber, status: "open" },
    consents: [{ active: true }],
    passkeys: 0,
  });
  expect((await patient("/api/my/record", { headers: { "x-yizhan": "" } })).status).toBe(200);
  await patient("/api/my/sign-out", { method: "POST" });
  expect((await patient("/api/my/record")).status).toBe(401);
});

test("the summary is an IPS document of one's own record, and of nobody else's", async () => {
  const patient = await station.openRecord(await openTestCase(station));
  const answer = await patient("/api/my/summary");
  expect(answer.headers.get("content-type")).toContain("application/fhir+json");
  const bundle = (await answer.json()) as {
    type: string;
    entry: { resource: { resourceType: string; name?: { text: string }[] } }[];
  };
  expect(bundle.type).toBe("document");
  expect(bundle.entry.map(({ resource }) => resource.resourceType).slice(0, 2)).toEqual(["Composition", "Patient"]);
  // A patient's cookie opens nothing else.
  for (const path of ["/api/cases", "/fhir/Patient", "/api/me"]) expect((await patient(path)).status).toBe(401);
});

test("a withdrawn consent reaches the coordinator; another patient's cannot be withdrawn", async () => {
  const [mine, other] = [await openTestCase(station), await openTestCase(station)];
  const [patient, stranger] = [await station.openRecord(mine), await station.openRecord(other)];
  const { id } = (await record(patient)).consents[0] ?? { id: "" };
  const told = await eventsOf(coordinator, "/api/notices/events");
  await told.next();
  expect((await stranger(`/api/my/consents/${id}/withdraw`, { method: "POST" })).status).toBe(404);
  const answer = await patient(`/api/my/consents/${id}/withdraw`, { method: "POST" });
  expect(((await answer.json()) as OwnRecord).consents).toMatchObject([{ id, active: false }]);
  expect(await told.next()).toMatchObject({ notices: [{ kind: "consent-withdrawn", caseId: mine.id, settled: false }] });
  await told.stop();
  expect(await (await coordinator(`/api/cases/${mine.id}`)).json()).toMatchObject({ consent: { withdrawn: true } });
});

test("a patient asks to be forgotten, is declined with a reason, asks again, and is forgotten for ever", async () => {
  const mine = await openTestCase(station);
  const patient = await station.openRecord(mine);
  const waiting = async () => {
    const { notices } = (await (await coordinator("/api/notices")).json()) as {
      notices: { id: string; kind: string; settled: boolean }[];
    };
    return notices.filter((one) => one.kind === "forget-request" && !one.settled);
  };
  for (let i = 0; i < 2; i++) expect((await patient("/api/my/forget", { method: "POST" })).status).toBe(200);
  const [asked, ...more] = await waiting();
  expect(more).toEqual([]);
  const settle = (json: object) => coordinator(`/api/notices/${asked?.id}/settle`, { json });
  expect((await settle({})).status).toBe(409);
  expect((await settle({ answer: "The law keeps it for a year." })).status).toBe(204);
  expect((await record(patient)).forget).toMatchObject({ state: "declined", answer: "The law keeps it for a year." });

  await patient("/api/my/forget", { method: "POST" });
  const [again] = await waiting();
  const clinician = await station.signIn("clinician");
  const carryOut = (ask: Ask) => ask(`/api/notices/${again?.id}/forget`, { method: "POST" });
  expect((await carryOut(clinician)).status).toBe(403);
  expect((await carryOut(coordinator)).status).toBe(204);
  expect((await patient("/api/my/record")).status).toBe(401);
  expect((await coordinator(`/api/cases/${mine.id}`)).status).toBe(404);
  expect(
    (await station.nobody("/api/cases/status", { json: { caseNumber: mine.caseNumber, accessCode: mine.accessCode } })).status,
  ).toBe(404);
  expect(await waiting()).toEqual([]);
  const { entries } = (await (await coordinator("/api/audit?grave=1")).json()) as {
    entries: { action: string; subject?: string }[];
  };
  expect(entries[0]).toMatchObject({ action: "patient.forget", subject: expect.stringMatching(/^[\w-]{22}$/) });
});

test("guessing case numbers is caught: the address waits, also for the right code", async () => {
  const { caseNumber, accessCode } = await openTestCase(station);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    const json = { caseNumber, accessCode: String(10_000_000 + i) };
    statuses.push((await station.nobody("/api/my/sign-in", { json })).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429, 429]);
  expect((await station.nobody("/api/my/sign-in", { json: { caseNumber, accessCode } })).status).toBe(429);
});
