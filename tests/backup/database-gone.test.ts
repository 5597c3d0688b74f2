import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@yizhan/http";
import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStation } from "../../apps/station/src/station.ts";
import { goodIntake, startTestStation, type TestStation } from "../../apps/station/src/testing/station.ts";

/** What was acknowledged must survive the server's crash: commits are waited for. */
const settings = ["fsync=off"];
let data: TestPostgres;
let keys: TestPostgres;
let folder: string;
let station: TestStation;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [data, keys] = await Promise.all([startPostgres({ settings }), startPostgres({ settings })]);
  folder = await mkdtemp(join(tmpdir(), "yizhan-gone-"));
  const address = async (name: string, url: string) => {
    await writeFile(join(folder, name), url, { mode: 0o600 });
    return join(folder, name);
  };
  const [urlFile, keyUrlFile] = [await address("data.url", data.url), await address("keys.url", keys.url)];
  ends.push(
    () => data.stop(),
    () => keys.stop(),
    () => rm(folder, { recursive: true }),
  );
  station = await startTestStation({ database: { kind: "postgres", urlFile, keyUrlFile } }, ["administrator"]);
  ends.push(() => station.remove());
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const patient = (family: string) => ({ resourceType: "Patient", name: [{ family }] });
const create = (family: string) => station.withToken(station.token)("/fhir/Patient", { json: patient(family) });

async function created(family: string): Promise<string> {
  const answer = await create(family);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}
const nameOf = async (id: string): Promise<unknown> => {
  const answer = await station.withToken(station.token)(`/fhir/Patient/${id}`);
  return answer.status === 200 ? ((await answer.json()) as { name: { family: string }[] }).name[0]?.family : answer.status;
};

test("while the database is gone every request says so; then it works again, and nothing acknowledged is lost", async () => {
  const before = [await created("One"), await created("Two")];
  // Some are under way when it goes: each is acknowledged or refused, never both.
  const under = Array.from({ length: 20 }, (_, at) => create(`Under ${at}`));
  await data.halt();
  const answers = await Promise.all(under);
  const acknowledged: string[] = [];
  for (const answer of answers) {
    expect([201, 503]).toContain(answer.status);
    if (answer.status === 201) acknowledged.push(((await answer.json()) as { id: string }).id);
  }
  const gone = await create("Gone");
  expect(gone.status).toBe(503);
  expect(gone.headers.get("retry-after")).toBe("5");
  expect(await gone.json()).toMatchObject({ resourceType: "OperationOutcome", issue: [{ code: "transient" }] });
  const intake = await station.nobody("/api/intake", { json: goodIntake });
  expect(intake.status).toBe(503);
  expect(intake.headers.get("retry-after")).toBe("5");
  expect(await intake.json()).toMatchObject({ error: { code: "unavailable" } });
  expect((await station.nobody("/healthz")).status).toBe(200);

  await data.resume();
  await created("After");
  expect(await Promise.all(before.map(nameOf))).toEqual(["One", "Two"]);
  for (const id of acknowledged) expect(await nameOf(id)).toMatch(/^Under/);
  expect((await station.nobody("/api/intake", { json: goodIntake })).status).toBe(201);
}, 60_000);

test("while the key store is gone nothing new is written unsealed; then it works again", async () => {
  await keys.halt();
  // Patients whose keys were durable before it went are taken in; then there is no key, and nobody is.
  const keyed: string[] = [];
  let gone = await create("Keyed");
  for (; gone.status === 201 && keyed.length < 100; gone = await create("Keyed"))
    keyed.push(((await gone.json()) as { id: string }).id);
  expect(gone.status).toBe(503);
  expect(gone.headers.get("retry-after")).toBe("5");
  await keys.resume();
  expect(await nameOf(await created("Later"))).toBe("Later");
  // What another process opens was sealed under keys that are kept.
  await station.stop();
  const second = await openStation(station.config, createLog("station", "silent"));
  ends.push(() => second.close());
  const ask = { headers: { authorization: `Bearer ${station.token}` } };
  for (const id of keyed) {
    const answer = await second.app.request(`/fhir/Patient/${id}`, ask);
    expect(await answer.json()).toMatchObject({ name: [{ family: "Keyed" }] });
  }
}, 60_000);
