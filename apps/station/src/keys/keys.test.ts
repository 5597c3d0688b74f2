import { randomBytes } from "node:crypto";
import { createLog } from "@yizhan/http";
import type { Clock } from "@yizhan/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStation } from "../station.ts";
import { type Ask, openTestCase, passphrase, startTestStation, type TestStation } from "../testing/station.ts";
import { startSweeper } from "./sweeper.ts";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation({}, ["administrator", "coordinator"]);
});
afterAll(() => station.remove());

/** A clock that a test moves. */
function handClock() {
  let at = 1_000_000;
  const timers = new Set<{ at: number; work: () => void }>();
  const clock: Clock = {
    now: () => at,
    after(ms, work) {
      const timer = { at: at + ms, work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  return {
    clock,
    waits: () => [...timers].map((timer) => timer.at - at),
    move(ms: number) {
      at += ms;
      for (const timer of timers) if (timer.at <= at && timers.delete(timer)) timer.work();
    },
  };
}

test("the sweeper sleeps until the next row runs out, an hour at most, and outlives a database that is gone", async () => {
  const { clock, waits, move } = handClock();
  const answers: (number | undefined | Error)[] = [1_005_000, 1_005_100, new Error("gone"), undefined];
  let looked = Promise.withResolvers<void>();
  const expiry = {
    sweep: () => Promise.resolve(0),
    next: () => {
      const answer = answers.shift();
      queueMicrotask(() => looked.resolve());
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const seen = async () => {
    await looked.promise;
    looked = Promise.withResolvers<void>();
    await new Promise(setImmediate);
    return waits();
  };
  const sweeper = startSweeper({ expiry }, createLog("station", "silent"), clock);
  expect(await seen()).toEqual([5_000]);
  move(5_000);
  expect(await seen()).toEqual([1_000]);
  move(1_000);
  expect(await seen()).toEqual([3_600_000]);
  move(3_600_000);
  expect(await seen()).toEqual([3_600_000]);
  await sweeper.close();
  expect(waits()).toEqual([]);
});

async function until(ask: Ask, done: (state: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  for (;;) {
    const state = (await (await ask("/api/keys")).json()) as Record<string, unknown>;
    if (done(state)) return state;
    await new Promise(setImmediate);
  }
}

test("keys are exchanged while the station serves: cases are found and opened before and after", async () => {
  const [administrator, coordinator] = [await station.signIn("administrator"), await station.signIn("coordinator")];
  const one = await openTestCase(station);
  const rotate = (ask: Ask, what: string) => ask("/api/keys/rotate", { json: { what } });
  expect((await rotate(coordinator, "index")).status).toBe(403);
  expect((await rotate(administrator, "everything")).status).toBe(400);
  expect((await rotate(administrator, "records")).status).toBe(202);
  await until(administrator, (state) => state.records === undefined);
  expect((await rotate(administrator, "index")).status).toBe(202);
  await until(administrator, (state) => state.index === undefined || state.index === "swept");
  const found = async (query: string) => {
    const { cases } = (await (await coordinator(`/api/cases?${query}`)).json()) as { cases: { id: string }[] };
    return cases.map((each) => each.id);
  };
  expect(await found(`caseNumber=${one.caseNumber}`)).toEqual([one.id]);
  expect(await found("name=ana")).toEqual([one.id]);
  expect((await coordinator(`/api/cases/${one.id}`)).status).toBe(200);
  expect(
    (await station.nobody("/api/cases/status", { json: { caseNumber: one.caseNumber, accessCode: one.accessCode } })).status,
  ).toBe(200);
});

test("a new root takes over at a start with both, and the old one is dropped at the next", async () => {
  await station.stop();
  const open = (more: object) => openStation({ ...station.config, ...more }, createLog("station", "silent"));
  const asker = async (app: Awaited<ReturnType<typeof open>>["app"]): Promise<Ask> => {
    const headers = { "content-type": "application/json", "x-yizhan": "1" };
    const signedIn = await app.request("/api/sign-in", {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "administrator", passphrase }),
    });
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    return async (path, init = {}) =>
      app.request(path, {
        method: init.json === undefined ? "GET" : "POST",
        headers: { ...headers, cookie },
        ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
      });
  };
  const root = { kind: "file", path: await station.secret("new-root.key", randomBytes(32).toString("hex")) };
  const both = await open({ root, otherRoots: [station.config.root] });
  const administrator = await asker(both.app);
  expect((await administrator("/api/keys/rotate", { json: { what: "root" } })).status).toBe(202);
  expect(await until(administrator, (state) => ["root", "records", "index"].every((what) => state[what] === undefined))).toEqual({
    roots: 1,
  });
  await both.close();
  const last = await open({ root });
  expect((await (await asker(last.app))("/api/me")).status).toBe(200);
  await last.close();
  await expect(open({})).rejects.toMatchObject({ code: "wrong-root" });
});
