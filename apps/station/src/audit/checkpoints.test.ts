import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLog } from "@yizhan/http";
import { keepNotesUpTo, knownIdentity, openCheckpoints, readNotes, type Store, verifyLog } from "@yizhan/store";
import { makeIdentity, noteSigner, signCheckpoint } from "@yizhan/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStorage, type Storage } from "../storage.ts";
import { startTestStation, type TestStation } from "../testing/station.ts";

const silent = createLog("station", "silent");
let station: TestStation;
let storage: Storage;
let store: Store;
let data: string;
let path: string;

beforeAll(async () => {
  station = await startTestStation({}, ["coordinator"]);
  await station.signIn("coordinator");
  await station.stop();
  data = station.config.data;
  path = join(data, "audit-checkpoints");
  storage = await openStorage(station.config);
  store = storage.store;
});
afterAll(async () => {
  await storage.close();
  await station.remove();
});

const write = (count: number) =>
  store.audit.append(
    Array.from({ length: count }, () => Buffer.from(`{"v":1,"at":"2026-11-23T10:00:00.000Z","action":"trial"}`)),
  );
const opened = async (more: object = {}) => {
  const identity = await knownIdentity(store);
  if (identity === undefined) throw new Error("a station that started has an identity");
  return openCheckpoints({ store, identity, data, log: silent, ...more });
};

test("a station signs at its start and its end, and between them by count and by time", async () => {
  // The station that just stopped: over its first entries, then over the sign-in.
  expect((await readNotes(path)).notes).toHaveLength(2);
  let timer: (() => void) | undefined;
  const clock = {
    now: () => Date.parse("2026-11-23T10:00:00Z"),
    after: (ms: number, work: () => void) => {
      expect(ms).toBe(60_000);
      timer = work;
      return () => (timer = undefined);
    },
  };
  const checkpoints = await opened({ everyEntries: 10, everyMs: 60_000, clock });
  const { size } = await store.auditLog.head();
  expect(checkpoints.newest()?.size).toBe(size);
  const signed = async () => {
    for (let seen = checkpoints.newest()?.size; seen === checkpoints.newest()?.size;) await new Promise(setImmediate);
    return (checkpoints.newest()?.size ?? 0) - size;
  };
  const byCount = signed();
  await write(3);
  await write(7);
  expect(await byCount).toBe(10);
  expect(timer).toBeUndefined();
  await write(1);
  const byTime = signed();
  timer?.();
  expect(await byTime).toBe(11);
  await write(2);
  await checkpoints.close();
  expect(checkpoints.newest()?.size).toBe(size + 13);
  expect(checkpoints.newest()?.note).toContain("\nat 2026-11-23T10:00:00.000Z\n");
});

test("a whole log is said to be whole, with its times; a checkpoint that is forged, changed or another station's is named", async () => {
  const { notes } = await readNotes(path);
  const { size } = await store.auditLog.head();
  const report = await verifyLog(store, data, []);
  expect(report).toMatchObject({
    whole: true,
    entries: size,
    to: "2026-11-23T10:00:00.000Z",
    checkpoints: { count: notes.length, covers: size },
  });
  expect(Date.parse(report.from ?? "")).toBeGreaterThan(Date.now() - 600_000);
  const text = await readFile(path, "utf8");
  const faultWith = async (changed: string) => {
    await writeFile(path, changed);
    const { whole, fault } = await verifyLog(store, data, []);
    expect(whole).toBe(false);
    return fault;
  };
  const forged = (first: number) => ({ kind: "checkpoint-forged", first, last: first, file: path });
  expect(await faultWith(text.replace(/^(.*\n)(\d+)\n/, (_, origin: string) => `${origin}1\n`))).toEqual(forged(0));
  const other = noteSigner(makeIdentity("MZ"), store.auditLog.origin);
  const foreign = signCheckpoint(await store.auditLog.checkpoint(), other);
  expect(await faultWith(`${text}${foreign}\n`)).toEqual(forged(notes.length));
  expect(await faultWith(text.replace("\n\n— ", "\n— "))).toMatchObject({ kind: "checkpoint-forged" });
  // One that was being written when the power went is no forgery.
  await writeFile(path, text + foreign.slice(0, 60));
  expect((await verifyLog(store, data, [])).whole).toBe(true);
  const checkpoints = await opened();
  await checkpoints.close();
  expect(await readFile(path, "utf8")).toBe(text);
  // The hub's copy says the same of a station whose own file is gone.
  const copy = await station.secret("copy", text);
  await writeFile(path, "");
  expect((await verifyLog(store, data, [copy])).checkpoints.count).toBe(notes.length);
  await writeFile(path, text);
});

test("a log that was cut back to before a checkpoint is found, at the start too; after a restore the later ones are put aside", async () => {
  const { size } = await store.auditLog.head();
  const { kysely } = store.database;
  await kysely
    .deleteFrom("audit_entry")
    .where("index", ">=", size - 5)
    .execute();
  expect((await verifyLog(store, data, [])).fault).toEqual({ kind: "entry-missing", first: size - 5, last: size - 5 });
  // Someone who knows the tables takes the hashes too.
  await kysely.deleteFrom("audit_node").execute();
  await kysely.deleteFrom("audit_entry").execute();
  expect((await verifyLog(store, data, [])).fault).toEqual({ kind: "end-missing", first: 0, last: size - 1 });
  const said: string[] = [];
  const log = Object.assign(Object.create(silent) as typeof silent, { error: (_: object, line: string) => said.push(line) });
  await (await opened({ log })).close();
  expect(said).toEqual([expect.stringContaining("does not continue its last checkpoint")]);
  await keepNotesUpTo(path, 0, "20261123");
  expect((await readNotes(path)).notes).toEqual([]);
  expect(await readdir(data)).toContain("audit-checkpoints.before-20261123");
  expect((await verifyLog(store, data, [])).whole).toBe(true);
});
