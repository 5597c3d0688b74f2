import { fork } from "node:child_process";
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileMark, loadKeysFile, patientSubject, type Store } from "@yizhan/store";
import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StationConfig } from "../../apps/station/src/config.ts";
import { verifyAuditLog } from "../../apps/station/src/backup/run.ts";
import { openStorage } from "../../apps/station/src/storage.ts";
import { stationFiles } from "../../apps/station/src/testing/station.ts";
import { type KeyStore, memoryKeyStore, readRootKey } from "@yizhan/vault";
import { countingProxy, type CountingProxy } from "../support/counting-proxy.ts";
import type { ForgetOrder } from "../support/forgetter.ts";
import { freePortBase, root } from "../support/local.ts";
import { startApp } from "../support/nodes.ts";

let server: TestPostgres;
let proxy: CountingProxy;
let files: Awaited<ReturnType<typeof stationFiles>>;
/** The same station: straight, and through the proxy. */
let straight: StationConfig;
let counted: StationConfig;

beforeAll(async () => {
  server = await startPostgres({ settings: ["fsync=off"] });
  proxy = await countingProxy(Number(new URL(server.url).port));
  files = await stationFiles({}, ["administrator"]);
  const [data, keys] = [await server.createDatabase("station"), await server.createDatabase("keys")];
  const over = async (name: string, port: string): Promise<StationConfig> => {
    const address = (url: string) => Object.assign(new URL(url), { port }).href;
    const urlFile = await files.secret(`${name}.url`, address(data));
    const keyUrlFile = await files.secret(`${name}-keys.url`, address(keys));
    return { ...files.config, database: { kind: "postgres", urlFile, keyUrlFile } };
  };
  straight = await over("straight", new URL(server.url).port);
  counted = await over("counted", String(proxy.port));
});
afterAll(async () => {
  await proxy.close();
  await server.stop();
  await files.remove();
});

/** A patient with a note, an earlier version and an attachment. */
async function admit(store: Store): Promise<string> {
  const { resources } = store.direct();
  const { id } = await resources.create({ resourceType: "Patient", name: [{ family: "Machava" }] });
  await resources.update(id, { resourceType: "Patient", active: true, name: [{ family: "Machava" }] });
  const subject = patientSubject("home", id);
  async function* content() {
    yield randomBytes(1_000);
  }
  const written = await store.files?.write({ tenant: "home", subject }, content(), 10_000);
  const mark = {
    url: fileMark,
    extension: [
      { url: "name", valueString: written?.name },
      { url: "size", valueDecimal: 1_000 },
    ],
  };
  const binary = { resourceType: "Binary", contentType: "image/png", securityContext: { reference: `Patient/${id}` } };
  await resources.create({ ...binary, _data: { extension: [mark] } } as never);
  return id;
}

/** Forgets a patient in a process of its own, which is killed when it has asked `lives` times; how often it asked, and whether it was killed. */
async function forgetUntil(patient: string, lives: number): Promise<{ readonly killed: boolean; readonly asked: number }> {
  const child = fork(join(root, "tests/support/forgetter.ts"), [JSON.stringify(counted)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  await once(child, "message");
  const reached = proxy.arm(lives);
  child.send({ patient } satisfies ForgetOrder);
  const killed = await Promise.race([reached.then(() => true), once(child, "message").then(() => false)]);
  child.kill("SIGKILL");
  await exited;
  const asked = proxy.count();
  void proxy.arm(Infinity);
  return { killed, asked };
}

test("what was acknowledged over FHIR outlives SIGKILL at any moment, nothing is half there, and the audit log is whole", async () => {
  const port = await freePortBase();
  const settings = await files.secret("station.json", JSON.stringify({ ...straight, port }));
  const headers = { authorization: `Bearer ${files.token}`, "content-type": "application/fhir+json" };
  const acknowledged = new Map<string, number>();
  const pairs: [string, string][] = [];
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/fhir${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const patient = (id: string, active: boolean) => ({ resourceType: "Patient", id, active, name: [{ family: "Machava" }] });
  for (let kill = 0; kill < 5; kill += 1) {
    const app = await startApp(join(root, "apps/station/src/main.ts"), settings);
    const killing = new AbortController();
    // Killed a random moment after a random answer, however slow the machine is.
    const goal = acknowledged.size + randomInt(3, 15);
    const reached = Promise.withResolvers<void>();
    const answered = (id: string, version: number) => {
      acknowledged.set(id, version);
      if (acknowledged.size >= goal) reached.resolve();
    };
    /** One after the other: a record made, changed, and two that are written together. */
    const writer = async () => {
      try {
        while (!killing.signal.aborted) {
          const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
          await send("PUT", `/Patient/${one}`, patient(one, true));
          answered(one, 1);
          await send("PUT", `/Patient/${one}`, patient(one, false));
          answered(one, 2);
          pairs.push([two, three]);
          const entry = [two, three].map((id) => ({
            resource: patient(id, true),
            request: { method: "PUT", url: `Patient/${id}` },
          }));
          await send("POST", "", { resourceType: "Bundle", type: "transaction", entry });
          for (const id of [two, three]) answered(id, 1);
        }
      } catch (error) {
        // Only the kill may end it.
        if (!killing.signal.aborted) throw error;
      }
    };
    const writers = [writer(), writer(), writer()];
    await Promise.race([reached.promise, Promise.all(writers)]);
    await new Promise((resolve) => setTimeout(resolve, randomInt(30)));
    killing.abort();
    await app.kill();
    await Promise.all(writers);
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(15);
  const storage = await openStorage(straight);
  const { resources } = storage.store.direct();
  const versionOf = async (id: string) => (await resources.read("Patient", id))?.version ?? 0;
  for (const [id, version] of acknowledged) expect(await versionOf(id)).toBeGreaterThanOrEqual(version);
  for (const [two, three] of pairs) expect(await versionOf(two)).toBe(await versionOf(three));
  await storage.close();
  const report = await verifyAuditLog(straight, []);
  expect(report).toMatchObject({ whole: true, compared: { setBack: 0, unknown: 0 } });
  expect(report.checkpoints.count).toBeGreaterThanOrEqual(5);
}, 120_000);

test("forgetting that is killed at any step is finished by the next start, or was not begun", async () => {
  const place = { root: await readRootKey(straight.root, { country: "MZ" }), country: "MZ" };
  let storage = await openStorage(straight);
  const patients: string[] = [];
  for (let made = 0; made < 10; made += 1) patients.push(await admit(storage.store));
  await storage.close();
  const [first = "", ...others] = patients;
  // From the tombstone to the last commit; within the one transaction of the data a few moments stand for all.
  const { killed, asked: steps } = await forgetUntil(first, Infinity);
  expect(killed).toBe(false);
  const begun: boolean[] = [];
  for (const [at, lives] of [1, 2, 3, 4, 5, 6, 9, steps - 1, steps].entries()) {
    const patient = others[at] ?? "";
    expect((await forgetUntil(patient, lives)).killed).toBe(true);
    storage = await openStorage(straight);
    const { store } = storage;
    const subject = patientSubject("home", patient);
    const list: KeyStore = memoryKeyStore();
    await loadKeysFile(join(straight.data, "tombstones.yzt"), "tombstones", list, place);
    begun.push(await list.isDestroyed(subject));
    if (begun.at(-1) === false) {
      // Nothing was destroyed: the record is whole, and the request may be made again.
      expect((await store.direct().resources.read("Patient", patient))?.version).toBe(2);
      await store.forget(patient);
    }
    await expect(store.direct().resources.read("Patient", patient)).rejects.toMatchObject({ code: "gone" });
    const { kysely } = store.database;
    const rows = await kysely.selectFrom("resource").select(["row_id", "sealed"]).where("subject", "=", subject).execute();
    expect(rows.map((row) => row.sealed)).toEqual([null, null]);
    const numbers = rows.map((row) => row.row_id);
    expect(await kysely.selectFrom("resource_history").select("row_id").where("row_id", "in", numbers).execute()).toEqual([]);
    expect(await kysely.selectFrom("resource_index").select("row_id").where("row_id", "in", numbers).execute()).toEqual([]);
    await storage.close();
  }
  // Both happen, and once it was begun it stays so.
  expect(begun).toEqual([...begun].sort((a, b) => Number(a) - Number(b)));
  expect(new Set(begun)).toEqual(new Set([false, true]));
  expect(await readdir(join(straight.data, "files"))).toEqual([]);
}, 120_000);
