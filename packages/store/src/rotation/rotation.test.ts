import { randomUUID } from "node:crypto";
import { parseSearch } from "@yizhan/records";
import { keyBytes, memoryKeyStore, openVault, type Vault } from "@yizhan/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../database/migrate.ts";
import { type Database, openDatabase } from "../database/open.ts";
import { stationMigrations } from "../migrations/index.ts";
import { openStore, type Store } from "../store.ts";
import { overDatabases } from "../testing/databases.ts";
import type { RotationKind } from "./rotations.ts";

const root = (fill: number) => keyBytes(new Uint8Array(32).fill(fill));
const settleMs = 60_000;

overDatabases("exchanging keys", (fresh) => {
  let database: Database;
  let store: Store;
  let vault: Vault;
  let time = Date.parse("2026-11-23T10:00:00Z");
  const keyStore = memoryKeyStore();
  const patients: string[] = [];
  const opened = () => openStore({ database, vault, tenantDefault: "mz", now: () => time });

  beforeAll(async () => {
    database = await openDatabase(await fresh());
    await migrate(database, stationMigrations);
    vault = await openVault({ country: "MZ", root: root(7), keyStore });
    store = opened();
    for (let i = 0; i < 180; i += 1) {
      const made = await store.direct().resources.create({ resourceType: "Patient", name: [{ text: `Ana Maria ${i}` }] });
      patients.push(made.id);
    }
    const [first = ""] = patients;
    await store.direct().resources.update(first, { resourceType: "Patient", name: [{ text: "Bela Sitoe" }] });
    const summary = { caseNumber: "MZ-AAAA-0001", name: "Bela", language: "pt" };
    await store.direct().cases.open({ id: "sr-1", patientId: first, accessCode: "11111111", summary });
    await store.direct().accounts.create({ name: "Dr Dias", role: "clinician", language: "pt" });
    await store.direct().patientDoors.create({ patientId: first, caseId: "sr-1" }, [], "door-1");
    await store.direct().addressBlocks.block("10.0.0.9", "guessing", new Date(time + 30 * 86_400_000));
    await store.direct().idempotency.claim("intake", "key-1");
  });
  afterAll(async () => {
    await store.close();
    vault.close();
  });

  /** Everything is found and opens, as a person would look for it. */
  async function allThere(): Promise<void> {
    const { resources, cases, accounts, patientDoors, addressBlocks } = store.direct();
    const named = async (name: string) =>
      (
        await resources.search(
          parseSearch("Patient", [
            ["name", name],
            ["_count", "200"],
          ]),
        )
      ).matches.length;
    expect([await named("ana maria"), await named("sitoe")]).toEqual([179, 1]);
    const [first = ""] = patients;
    expect((await resources.history("Patient", first)).length).toBe(2);
    expect((await cases.list({ caseNumber: "MZ-AAAA-0001" })).cases[0]?.summary.name).toBe("Bela");
    expect((await cases.byAccess("MZ-AAAA-0001", "11111111"))?.id).toBe("sr-1");
    expect((await accounts.byName("dr dias"))?.role).toBe("clinician");
    expect((await patientDoors.ofPatient(first)).map((door) => door.id)).toEqual(["door-1"]);
    expect((await addressBlocks.of("10.0.0.9"))?.rule).toBe("guessing");
  }

  /** Another process takes over where one was killed. */
  async function restart(): Promise<void> {
    vault.close();
    vault = await openVault({ country: "MZ", root: root(7), keyStore });
    store = opened();
  }

  /** Goes on until it is done, killing every pass after a few rows and taking it up in another process. */
  async function toTheEnd(kind: RotationKind): Promise<number> {
    let kills = 0;
    for (let tries = 0; tries < 200; tries += 1) {
      let rows = 0;
      const killed = new AbortController();
      const signal = Object.assign(killed.signal, {
        throwIfAborted() {
          rows += 1;
          if (rows > 70) throw new Error("killed");
        },
      });
      try {
        const progress = await store.rotations.rotate(kind, { settleMs, signal });
        if (progress.done) return kills;
        time = Math.max(time, progress.at);
        if (progress.step === "swept") await store.direct().idempotency.sweep(new Date(time));
      } catch (error) {
        if (!(error instanceof Error && error.message === "killed")) throw error;
        kills += 1;
        await restart();
      }
      await allThere();
    }
    throw new Error("it never ended");
  }

  test("the index key: rows are found at every step, killed and taken up, and in the end under the new key alone", async () => {
    const before = vault.indexVersion;
    const other = openStore({
      database,
      vault: await openVault({ country: "MZ", root: root(7), keyStore }),
      tenantDefault: "mz",
    });
    expect(await store.rotations.rotate("index", { settleMs })).toMatchObject({ done: false, step: "staged" });
    // A process that has not heard of it writes on with the old key, and is found.
    const late = await other.direct().resources.create({ resourceType: "Patient", name: [{ text: "Zulmira Late" }] });
    const kills = await toTheEnd("index");
    expect(kills).toBeGreaterThan(1);
    expect(vault.indexVersion).toBe(before + 1);
    expect((await vault.keys.versions("#index")).map((one) => one.state)).toEqual(["retired", "live"]);
    const { matches } = await store.direct().resources.search(parseSearch("Patient", [["name", "zulmira"]]));
    expect(matches.map((one) => one.id)).toEqual([late.id]);
    await store.direct().resources.delete("Patient", late.id);
    await allThere();
    expect(await store.rotations.state("index")).toBeUndefined();
    await expect(store.direct().accounts.create({ name: "DR DIAS", role: "clinician", language: "pt" })).rejects.toMatchObject({
      code: "duplicate",
    });
  });

  test("patients' keys: every row and its history is sealed anew, and the old keys are gone", async () => {
    const kills = await toTheEnd("records");
    expect(kills).toBeGreaterThan(1);
    for (const id of patients.slice(0, 3)) {
      expect((await vault.keys.versions(`mz:${id}`)).map((one) => one.state)).toEqual(["retired", "live"]);
    }
    await restart();
    await allThere();
  });

  test("the root: every key is wrapped anew, and the old root is needed no more", async () => {
    const lost = patients.at(-1) ?? randomUUID();
    await store.forget(lost);
    vault.close();
    vault = await openVault({ country: "MZ", root: root(9), otherRoots: [root(7)], keyStore });
    store = opened();
    const before = await store.rotations.rootsInUse();
    expect(await store.rotations.rotate("root", { settleMs })).toEqual({ done: true });
    const after = await store.rotations.rootsInUse();
    expect([before.length, after.length, before[0] === after[0]]).toEqual([1, 1, false]);
    vault.close();
    vault = await openVault({ country: "MZ", root: root(9), keyStore });
    store = opened();
    const { matches } = await store.direct().resources.search(parseSearch("Patient", [["name", "sitoe"]]));
    expect(matches.length).toBe(1);
  });
});
