import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, eventsOf, goodIntake, openTestCase, startTestStation, type TestStation } from "../testing/station.ts";
import type { CaseRow, CaseView } from "./schema.ts";

let station: TestStation;
let clinician: Ask;
let second: Ask;
let coordinator: Ask;
beforeAll(async () => {
  station = await startTestStation();
  [clinician, second, coordinator] = [
    await station.signIn("clinician"),
    await station.signIn("second"),
    await station.signIn("coordinator"),
  ];
});
afterAll(() => station.close());

async function list(ask: Ask, query: Record<string, string>): Promise<CaseRow[]> {
  const response = await ask(`/api/cases?${new URLSearchParams(query).toString()}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { cases: CaseRow[] }).cases;
}

test("a case is listed and opened as it was told", async () => {
  const { caseNumber, id } = await openTestCase(station);
  const row = (await list(clinician, { status: "open" })).find((one) => one.id === id);
  expect(row).toMatchObject({
    caseNumber,
    name: goodIntake.name,
    pain: 6,
    language: "pt",
    status: "open",
    assignment: "waiting",
  });
  const response = await clinician(`/api/cases/${id}`);
  expect(response.status).toBe(200);
  expect((await response.json()) as CaseView).toMatchObject({
    case: { id, caseNumber },
    patient: {
      name: goodIntake.name,
      birthYear: 1980,
      gender: "female",
      phone: goodIntake.phone,
      language: "pt",
      interpreterNeeded: true,
    },
    intake: {
      complaint: goodIntake.complaint,
      since: "ontem",
      pain: 6,
      allergies: "penicilina",
      medicines: "paracetamol 500 mg",
    },
    consent: { version: "2026-11", language: "pt" },
    resources: { serviceRequest: id },
  });
});

test.each([
  ["Ana Maria João", ["ana", "JOAO", "mar", "Maria João", "João Ana"]],
  ["王小明", ["王小明", "小明"]],
  ["Мария Иванова", ["мария", "ива"]],
  ["محمد علي", ["محمد"]],
])("%s is found as people type it", async (name, searches) => {
  const { id } = await openTestCase(station, { ...goodIntake, name });
  for (const search of searches) {
    const found = await list(clinician, { name: search });
    expect(
      found.map((row) => row.id),
      search,
    ).toContain(id);
  }
  expect((await list(clinician, { name: "Zebedeu" })).map((row) => row.id)).not.toContain(id);
});

test("a case is found by its number, typed carelessly; a wrong number finds nothing", async () => {
  const { caseNumber, id } = await openTestCase(station);
  expect((await list(clinician, { caseNumber: caseNumber.toLowerCase().replaceAll("-", " ") })).map((row) => row.id)).toEqual([
    id,
  ]);
  expect(await list(clinician, { caseNumber: "MZ-0000-0001" })).toEqual([]);
  expect(await list(clinician, { caseNumber: caseNumber.replace("MZ", "GQ") })).toEqual([]);
});

test("a case that is closed leaves the list of open ones, and is closed once", async () => {
  const { id, caseNumber } = await openTestCase(station);
  const first = await coordinator(`/api/cases/${id}/close`, { json: { outcome: "resolved", note: "Repouso." } });
  expect(first.status).toBe(200);
  expect(((await first.json()) as { case: CaseRow }).case.status).toBe("closed");
  expect((await coordinator(`/api/cases/${id}/close`, { json: { outcome: "resolved" } })).status).toBe(409);
  expect(await list(coordinator, { status: "open", caseNumber })).toEqual([]);
  expect((await list(coordinator, { status: "closed", caseNumber })).map((row) => row.id)).toEqual([id]);
});

test("closing wants an outcome, and a case that exists", async () => {
  const { id } = await openTestCase(station);
  expect((await coordinator(`/api/cases/${id}/close`, { json: { outcome: "cured" } })).status).toBe(400);
  expect((await coordinator(`/api/cases/${id}/close`, { json: {} })).status).toBe(400);
  expect((await coordinator(`/api/cases/${crypto.randomUUID()}/close`, { json: { outcome: "other" } })).status).toBe(404);
});

test("of two who claim at once one gets the case; then it is theirs alone", async () => {
  const { id } = await openTestCase(station);
  const claims = await Promise.all([clinician, second].map((ask) => ask(`/api/cases/${id}/claim`, { method: "POST" })));
  expect(claims.map((answer) => answer.status).sort()).toEqual([200, 403]);
  const [winner, loser] = claims[0]?.status === 200 ? [clinician, second] : [second, clinician];
  expect((await winner(`/api/cases/${id}`)).status).toBe(200);
  expect((await loser(`/api/cases/${id}`)).status).toBe(403);
  expect((await loser(`/api/cases/${id}/close`, { json: { outcome: "other" } })).status).toBe(403);
  expect((await list(loser, {})).map((row) => row.id)).not.toContain(id);
  expect((await list(winner, {})).find((row) => row.id === id)?.assignment).toBe("mine");
  expect((await coordinator(`/api/cases/${id}`)).status).toBe(200);
});

test("breaking the glass wants a reason, opens the case, and tells the coordinator", async () => {
  const { id } = await openTestCase(station);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  expect((await second(`/api/cases/${id}/break-glass`, { json: { reason: "short" } })).status).toBe(400);
  expect((await second(`/api/cases/${id}`)).status).toBe(403);
  const reason = "The patient collapsed and the doctor is away.";
  expect((await second(`/api/cases/${id}/break-glass`, { json: { reason } })).status).toBe(200);
  expect((await second(`/api/cases/${id}`)).status).toBe(200);
  expect((await second("/api/notices")).status).toBe(403);
  const notices = (await (await coordinator("/api/notices")).json()) as { notices: object[] };
  expect(notices.notices).toMatchObject([{ kind: "break-glass", caseId: id, account: { name: "second" }, reason }]);
});

test("the coordinator's page hears of broken glass at once, settles it once, and the audit view shows it apart", async () => {
  const { id, caseNumber } = await openTestCase(station);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  const reader = await eventsOf(coordinator, "/api/notices/events");
  await reader.next();
  const started = performance.now();
  await second(`/api/cases/${id}/break-glass`, { json: { reason: "Nobody else can be reached." } });
  const { notices } = (await reader.next()) as { notices: { id: string; caseNumber: string; settled: boolean }[] };
  expect(performance.now() - started).toBeLessThan(1_000);
  await reader.stop();
  expect(notices[0]).toMatchObject({ caseNumber, settled: false });
  const settle = () => coordinator(`/api/notices/${notices[0]?.id}/settle`, { json: {} });
  expect([(await settle()).status, (await settle()).status]).toEqual([204, 409]);
  expect((await clinician("/api/audit")).status).toBe(403);
  const { entries } = (await (await coordinator("/api/audit?grave=1")).json()) as {
    entries: { action: string; grave: boolean }[];
  };
  expect(entries[0]).toMatchObject({
    action: "case.break-glass",
    actor: { kind: "staff", name: "second" },
    detail: id,
    grave: true,
  });
  expect(entries.every((entry) => entry.grave)).toBe(true);
});

test("notices are found among the lines of many kept conversations", async () => {
  const { id } = await openTestCase(station);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  const { resources } = (await (await clinician(`/api/cases/${id}`)).json()) as CaseView;
  const token = station.withToken(station.token);
  await second(`/api/cases/${id}/break-glass`, { json: { reason: "Before all that was said." } });
  const line = {
    resourceType: "Communication",
    status: "completed",
    category: [{ text: "Transcript" }],
    subject: { reference: `Patient/${resources.patient}` },
    payload: [{ contentString: "sim" }],
  };
  const entry = Array.from({ length: 500 }, () => ({ resource: line, request: { method: "POST", url: "Communication" } }));
  for (let lines = 0; lines < 2_500; lines += entry.length) {
    const answer = await token("/fhir", { json: { resourceType: "Bundle", type: "transaction", entry } });
    expect(answer.status).toBe(200);
  }
  const { notices } = (await (await coordinator("/api/notices")).json()) as { notices: object[] };
  expect(notices).toContainEqual(expect.objectContaining({ caseId: id, reason: "Before all that was said." }));
}, 120_000);

test("a colleague's case is not listed; its exact number shows that it is there, and not a word of it", async () => {
  const { id, caseNumber } = await openTestCase(station);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  expect((await list(second, { name: goodIntake.name })).map((row) => row.id)).not.toContain(id);
  const [row] = await list(second, { caseNumber });
  expect(row).toMatchObject({ id, assignment: "other", assignee: { name: "clinician" }, locked: true, name: "", complaint: "" });
  expect(JSON.stringify(row)).not.toContain("cabeça");
});

test("a case is given to a colleague, released, and not given to who may not have it", async () => {
  const { id } = await openTestCase(station);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  const { colleagues } = (await (await clinician("/api/colleagues")).json()) as { colleagues: { id: string; name: string }[] };
  expect(colleagues.map((one) => one.name)).toEqual(["clinician", "second"]);
  const to = (name: string) => colleagues.find((one) => one.name === name)?.id ?? "";
  const give = (ask: Ask, name: string) => ask(`/api/cases/${id}/give`, { json: { to: to(name) } });
  expect((await give(second, "second")).status).toBe(403);
  const changes = await eventsOf(second, "/api/cases/events");
  await changes.next();
  expect((await give(clinician, "second")).status).toBe(200);
  await changes.next();
  await changes.stop();
  expect((await clinician(`/api/cases/${id}`)).status).toBe(403);
  expect((await second(`/api/cases/${id}`)).status).toBe(200);
  const { user } = (await (await coordinator("/api/me")).json()) as { user: { id: string } };
  expect((await coordinator(`/api/cases/${id}/give`, { json: { to: user.id } })).status).toBe(409);
  expect((await give(coordinator, "clinician")).status).toBe(200);
  expect((await clinician(`/api/cases/${id}/release`, { method: "POST" })).status).toBe(200);
  expect((await list(second, {})).find((row) => row.id === id)?.assignment).toBe("waiting");
  await coordinator(`/api/cases/${id}/close`, { json: { outcome: "other" } });
  expect((await give(coordinator, "second")).status).toBe(409);
});

test("a patient who lost the code gets a new one from who has the case; the old one is dead", async () => {
  const { id, caseNumber, accessCode } = await openTestCase(station);
  expect((await clinician(`/api/cases/${id}/code`, { method: "POST" })).status).toBe(403);
  await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  const fresh = (await (await clinician(`/api/cases/${id}/code`, { method: "POST" })).json()) as { accessCode: string };
  const status = (code: string) => station.nobody("/api/cases/status", { json: { caseNumber, accessCode: code } });
  expect([(await status(accessCode)).status, (await status(fresh.accessCode)).status]).toEqual([404, 200]);
});

test("the patient follows a case with number and code, and with nothing less", async () => {
  const { caseNumber, accessCode } = await openTestCase(station);
  const ask = (json: object) => station.nobody("/api/cases/status", { json });
  const answer = await ask({
    caseNumber: caseNumber.toLowerCase(),
    accessCode: `${accessCode.slice(0, 4)} ${accessCode.slice(4)}`,
  });
  expect(answer.status).toBe(200);
  expect(Object.keys((await answer.json()) as object).sort()).toEqual(["language", "openedAt", "status"]);
  const wrong = String((Number(accessCode) + 1) % 100_000_000).padStart(8, "0");
  expect((await ask({ caseNumber, accessCode: wrong })).status).toBe(404);
  expect((await ask({ caseNumber: "MZ-0000-0000", accessCode })).status).toBe(404);
});

test("guessing a code is stopped, also for the right one", async () => {
  const { caseNumber, accessCode } = await openTestCase(station);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    const guess = await station.nobody("/api/cases/status", { json: { caseNumber, accessCode: String(10_000_000 + i) } });
    statuses.push(guess.status);
  }
  expect(statuses.slice(0, 10).every((status) => status === 404)).toBe(true);
  expect(statuses.slice(10)).toEqual([429, 429]);
  const right = await station.nobody("/api/cases/status", { json: { caseNumber, accessCode } });
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
});
