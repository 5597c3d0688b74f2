import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestCase, passphrase, startTestStation, stationFiles, type TestStation } from "../testing/station.ts";
import { openStation } from "../station.ts";
import { createLog } from "@yizhan/http";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation();
});
afterAll(() => station.close());

interface Blocks {
  blocks: { id: string; kind: string; rule: string; who: string; until?: string }[];
}

test("copying patients blocks the session within 300 ms, tells the administrator, and can be undone", async () => {
  const cases = [];
  for (let i = 0; i < 32; i++) cases.push(await openTestCase(station));
  const [coordinator, administrator] = [await station.signIn("coordinator"), await station.signIn("administrator")];
  const told = await eventsOf(administrator, "/api/guard/events");
  expect(await told.next()).toEqual({ blocks: [] });

  for (const { id } of cases.slice(0, 30)) expect((await coordinator(`/api/cases/${id}`)).status).toBe(200);
  const started = performance.now();
  const offence = await coordinator(`/api/cases/${cases[30]?.id}`);
  expect(offence.status).toBe(403);
  // From the offending request to the refusal of the next one.
  expect((await coordinator("/api/me")).status).toBe(403);
  expect(performance.now() - started).toBeLessThan(300);
  expect(await offence.text()).not.toContain("Ana");
  const { blocks } = (await told.next()) as Blocks;
  expect(performance.now() - started).toBeLessThan(300);
  expect(blocks).toMatchObject([{ kind: "staff", rule: "many-patients", who: "coordinator" }]);
  await told.stop();

  expect((await (await station.signIn("coordinator"))("/api/me")).status).toBe(200);
  const lift = `/api/guard/blocks/${blocks[0]?.id}/lift`;
  expect((await (await station.signIn("clinician"))(lift, { method: "POST" })).status).toBe(403);
  expect((await administrator(lift, { method: "POST" })).status).toBe(204);
  expect((await administrator(lift, { method: "POST" })).status).toBe(404);
  expect((await coordinator(`/api/cases/${cases[30]?.id}`)).status).toBe(200);
  const { entries } = (await (await administrator("/api/audit")).json()) as { entries: { action: string; detail?: string }[] };
  const decisions = entries.filter((entry) => entry.action.startsWith("guard."));
  expect(decisions).toMatchObject([{ action: "guard.lift" }, { action: "guard.block", detail: "many-patients", grave: true }]);
});

test.each([
  ["search", "/fhir/Patient?_count=50", undefined],
  ["search of parts", "/fhir/ServiceRequest?_count=50&_elements=status", undefined],
  ["history", "/fhir/_history?_count=200", undefined],
  ["batch", "/fhir/", { type: "batch", entry: [{ request: { method: "GET", url: "Patient?_count=50" } }] }],
])("a FHIR %s that lists too many patients never leaves", async (_what, path, bundle) => {
  const clinician = await station.signIn("clinician");
  const page = await clinician(path, bundle === undefined ? {} : { json: { resourceType: "Bundle", ...bundle } });
  expect(page.status).toBe(403);
  expect(await page.text()).not.toContain("Ana");
});

test("guessing case numbers blocks the session", async () => {
  const clinician = await station.signIn("clinician");
  const statuses: number[] = [];
  for (let i = 0; i < 22; i++) statuses.push((await clinician("/api/cases?caseNumber=MZ-0000-0000")).status);
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(statuses.slice(20)).toEqual([403, 403]);
});

test("who was blocked stays blocked after a restart, and a try that was counted stays counted", async () => {
  const files = await stationFiles({}, ["clinician", "administrator"]);
  const open = () => openStation(files.config, createLog("station", "silent"));
  const first = await open();
  type App = typeof first.app;
  const signIn = async (app: App, name: string, words = passphrase) =>
    app.request("/api/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, passphrase: words }),
    });
  const cookieOf = async (app: App, name: string) => (await signIn(app, name)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const cookie = await cookieOf(first.app, "clinician");
  for (let i = 0; i < 21; i++) await first.app.request("/api/cases?caseNumber=MZ-0000-0000", { headers: { cookie } });
  for (let i = 0; i < 9; i++) expect((await signIn(first.app, "clinician", `guess ${i}`)).status).toBe(401);
  await first.close();

  const { app, close } = await open();
  expect((await app.request("/api/me", { headers: { cookie } })).status).toBe(403);
  expect((await signIn(app, "clinician", "the tenth guess")).status).toBe(401);
  expect((await signIn(app, "clinician")).status).toBe(429);
  const headers = { cookie: await cookieOf(app, "administrator"), "x-yizhan": "1" };
  const { blocks } = (await (await app.request("/api/guard/blocks", { headers })).json()) as Blocks;
  expect(blocks).toMatchObject([{ rule: "guessing", who: "clinician" }]);
  expect((await app.request(`/api/guard/blocks/${blocks[0]?.id}/lift`, { method: "POST", headers })).status).toBe(204);
  expect((await app.request("/api/me", { headers: { cookie } })).status).toBe(200);
  await close();
  await files.remove();
});
