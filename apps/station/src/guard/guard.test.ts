import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestCase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation();
});
afterAll(() => station.close());

test("copying patients blocks the session within 300 ms, tells the administrator, and can be undone", async () => {
  const cases = [];
  for (let i = 0; i < 32; i++) cases.push(await openTestCase(station));
  const [coordinator, administrator] = [await station.signIn("coordinator"), await station.signIn("administrator")];
  const told = await administrator("/api/guard/events");
  const reader = told.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('"blocks":[]');

  for (const { id } of cases.slice(0, 30)) expect((await coordinator(`/api/cases/${id}`)).status).toBe(200);
  const started = performance.now();
  const offence = await coordinator(`/api/cases/${cases[30]?.id}`);
  expect(offence.status).toBe(403);
  expect(await offence.text()).not.toContain("Ana");
  const notice = (await reader?.read())?.value ?? "";
  const blocks = JSON.parse(notice.replace("data: ", "")) as {
    blocks: { sessionId: string; rule: string; account: { name: string } }[];
  };
  expect(performance.now() - started).toBeLessThan(300);
  expect(blocks.blocks).toMatchObject([{ rule: "many-patients", account: { name: "coordinator" } }]);
  await reader?.cancel();

  expect((await coordinator("/api/me")).status).toBe(403);
  expect((await (await station.signIn("coordinator"))("/api/me")).status).toBe(200);
  const lift = `/api/guard/blocks/${blocks.blocks[0]?.sessionId}/lift`;
  expect((await (await station.signIn("clinician"))(lift, { method: "POST" })).status).toBe(403);
  expect((await administrator(lift, { method: "POST" })).status).toBe(204);
  expect((await administrator(lift, { method: "POST" })).status).toBe(404);
  expect((await coordinator(`/api/cases/${cases[30]?.id}`)).status).toBe(200);
});

test("guessing case numbers blocks the session", async () => {
  const clinician = await station.signIn("clinician");
  const statuses: number[] = [];
  for (let i = 0; i < 22; i++) statuses.push((await clinician("/api/cases?caseNumber=MZ-0000-0000")).status);
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(statuses.slice(20)).toEqual([403, 403]);
});
