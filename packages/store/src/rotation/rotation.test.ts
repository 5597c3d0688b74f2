import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caseOpened } from "@yizhan/federation";
import { parseSearch } from "@yizhan/records";
import { keyBytes, memoryKeyStore, openVault, type Vault } from "@yizhan/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sql } from "kysely";
import { openOutbound } from "../federation/outbound.ts";
import { outboxWriter } from "../federation/outbox.ts";
import { sealedPayloads } from "../federation/payloads.ts";
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
  let folder: string;
  const opened = () => openStore({ database, vault, tenantDefault: "mz", now: () => time, files: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "yizhan-rotation-"));
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
    await rm(folder, { recursive: true });
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

  /** A row in every table that the system's key seals. */
  async function writeSystemRows() {
    const { accounts, applicationTokens, idempotency, patientSessions, resources, settings } = store.direct();
    const other = store.direct("ngo");
    await applicationTokens.create({ tokenHash: new Uint8Array(32).fill(3), name: "Lab", scopes: ["system/*.r"] });
    await accounts.create({ name: "Coordinator", role: "coordinator", language: "pt" });
    await settings.put("one", 1);
    await other.settings.put("another's", 2);
    await patientSessions.create(new Uint8Array(32).fill(4), { patientId: "p", caseId: "c" }, new Date(time + 86_400_000));
    await idempotency.claim("intake", "key-2");
    await idempotency.keep("intake", "key-2", { kept: true });
    await other.idempotency.claim("intake", "key-3");
    await other.idempotency.keep("intake", "key-3", { kept: 3 });
    const outbox = outboxWriter(database.kysely, await sealedPayloads(vault));
    await outbox.append(caseOpened({ to: "CN", at: new Date(time), language: "pt", birthYear: 1980 }));
    const { id } = await resources.create({ resourceType: "Organization", name: "Clínica" });
    await resources.update(id, { resourceType: "Organization", name: "Clínica Central" });
    await other.resources.create({ resourceType: "Organization", name: "Another" });
    async function* content() {
      yield Buffer.from("a leaflet");
    }
    const files = await Promise.all(
      ["mz", "ngo"].map(async (tenant) => ({
        tenant,
        subject: "system",
        name: (await store.files?.write({ tenant, subject: "system" }, content(), 100))?.name ?? "",
      })),
    );
    return { organization: id, files };
  }

  /** Key versions of every sealed value in every table, whoever wrote it. */
  async function keyVersions(): Promise<Set<number>> {
    const { rows } = await sql<{ table: string; column: string }>`select table_name as table, column_name as column
      from information_schema.columns where table_schema = current_schema() and data_type = 'bytea'`.execute(database.kysely);
    const found = new Set<number>();
    for (const { table, column } of rows) {
      const values = await sql<{ version: number }>`select get_byte(${sql.ref(column)}, 7) as version from ${sql.table(table)}
        where length(${sql.ref(column)}) >= 144 and get_byte(${sql.ref(column)}, 0) = 89`.execute(database.kysely);
      for (const { version } of values.rows) found.add(version);
    }
    return found;
  }

  test("patients' keys and the system's: every row, its history and file is sealed anew, and the old keys are gone", async () => {
    const { organization, files } = await writeSystemRows();
    expect(await keyVersions()).toEqual(new Set([1]));
    const kills = await toTheEnd("records");
    expect(await keyVersions()).toEqual(new Set([2]));
    expect((await vault.keys.versions("system")).map((one) => one.state)).toEqual(["retired", "live"]);
    expect(kills).toBeGreaterThan(1);
    for (const id of patients.slice(0, 3)) {
      expect((await vault.keys.versions(`mz:${id}`)).map((one) => one.state)).toEqual(["retired", "live"]);
    }
    await restart();
    await allThere();
    const { applicationTokens, idempotency, patientSessions, resources, settings } = store.direct();
    expect((await applicationTokens.byToken(new Uint8Array(32).fill(3)))?.name).toBe("Lab");
    expect((await patientSessions.byToken(new Uint8Array(32).fill(4)))?.caseId).toBe("c");
    expect((await settings.get("one"))?.value).toBe(1);
    expect((await store.direct("ngo").settings.get("another's"))?.value).toBe(2);
    expect(await idempotency.claim("intake", "key-2")).toEqual({ kept: true });
    expect(await store.direct("ngo").idempotency.claim("intake", "key-3")).toEqual({ kept: 3 });
    expect((await resources.history("Organization", organization)).length).toBe(2);
    const outbound = openOutbound(database, await sealedPayloads(vault));
    const [event] = await outbound.sealing((tx) => tx.pending(10));
    expect(event?.event.payload).toMatchObject({ language: "pt" });
    for (const file of files) {
      const opened = await store.files?.open(file);
      expect(opened?.size).toBe(9);
      await opened?.close();
    }
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
