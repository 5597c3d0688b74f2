import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@yizhan/http";
import { checkpointPath, readNotes } from "@yizhan/store";
import { emptyDatabase, startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { makeIdentity, noteSigner, signCheckpoint } from "@yizhan/vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HubConfig, hubConfigSchema } from "../config.ts";
import { openHub } from "../hub.ts";
import { openStorage, type Storage } from "../storage.ts";
import { backUp, restoreHub, verifyAuditLog } from "./run.ts";

const root = join(import.meta.dirname, "../../../..");
const quiet = () => undefined;
let server: TestPostgres;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), "yizhan-hub-audit-"));
  await writeFile(join(folder, "root.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function databaseOf(kind: "pglite" | "postgres", data: string, named: string): Promise<object> {
  if (kind === "pglite") {
    for (const name of ["db", "keys-db"]) await emptyDatabase(join(data, name));
    return { kind };
  }
  const address = async (name: string) => {
    await writeFile(join(data, name), await server.createDatabase(`${named}_${name}`), { mode: 0o600 });
    return join(data, name);
  };
  return { kind, urlFile: await address("data"), keyUrlFile: await address("keys") };
}

async function configOf(kind: "pglite" | "postgres", name: string = kind): Promise<HubConfig> {
  const data = join(folder, name);
  await mkdir(data);
  return hubConfigSchema.parse({
    country: "CN",
    regions: join(root, "regions"),
    locales: join(root, "locales"),
    data,
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1",
    database: await databaseOf(kind, data, name),
    root: { kind: "file", path: join(folder, "root.key") },
  });
}

/** The hub runs, some things are done, and it stops. */
async function serve(config: HubConfig, entries: number): Promise<void> {
  const hub = await openHub(config, createLog("hub", "silent"));
  await hub.close();
  await change(config, ({ store }) =>
    store.audit.append(
      Array.from({ length: entries }, () => Buffer.from(`{"v":1,"at":"2026-11-24T02:00:00.000Z","action":"trial"}`)),
    ),
  );
  const again = await openHub(config, createLog("hub", "silent"));
  await again.close();
}

async function change(config: HubConfig, work: (storage: Storage) => Promise<unknown>): Promise<void> {
  const storage = await openStorage(config);
  await work(storage).finally(() => storage.close());
}

test.each(["pglite", "postgres"] as const)(
  "on %s the hub signs its audit log, and what was done to it is named",
  async (kind) => {
    const config = await configOf(kind);
    await serve(config, 6);
    const path = checkpointPath(config.data);
    const { notes } = await readNotes(path);
    expect(notes.length).toBeGreaterThan(0);
    const whole = await verifyAuditLog(config, []);
    expect(whole).toMatchObject({ whole: true, checkpoints: { count: notes.length, covers: whole.entries } });

    // Signed by somebody else, in a file that was kept elsewhere.
    const origin = notes[0]?.split("\n")[0] ?? "";
    const forged = signCheckpoint({ origin, size: whole.entries, root: randomBytes(32) }, noteSigner(makeIdentity("CN"), origin));
    const elsewhere = join(folder, `${kind}.notes`);
    await writeFile(elsewhere, `${forged}\n`);
    expect(await verifyAuditLog(config, [elsewhere])).toMatchObject({
      whole: false,
      fault: { kind: "checkpoint-forged", first: 0, file: elsewhere },
    });

    // An entry changed, then all of them gone.
    const last = whole.entries - 1;
    await change(config, ({ store }) =>
      store.database.kysely
        .updateTable("audit_entry")
        .set({ entry: Buffer.from('{"v":1,"action":"nothing"}') })
        .where("index", "=", last)
        .execute(),
    );
    expect(await verifyAuditLog(config, [])).toMatchObject({ whole: false, fault: { kind: "entry-changed", first: last, last } });
    await change(config, async ({ store }) => {
      for (const table of ["audit_entry", "audit_node"] as const) await store.database.kysely.deleteFrom(table).execute();
    });
    expect(await verifyAuditLog(config, [])).toMatchObject({ whole: false, fault: { kind: "end-missing", first: 0 } });
  },
  120_000,
);

test("a restored hub's log is whole, and the notes about what did not come back are put aside", async () => {
  const config = await configOf("postgres", "restored");
  await serve(config, 6);
  const path = checkpointPath(config.data);
  const { notes } = await readNotes(path);
  const backup = await backUp(config, { output: join(folder, "cn.yzb") }, quiet);
  await serve(config, 3);
  expect((await readNotes(path)).notes.length).toBeGreaterThan(notes.length);
  await restoreHub(config, { file: backup.file, keysFile: backup.keysFile }, quiet);
  expect(await verifyAuditLog(config, [])).toMatchObject({ whole: true, restored: [expect.any(String)] });
  expect((await readNotes(path)).notes).toEqual(notes);
});
