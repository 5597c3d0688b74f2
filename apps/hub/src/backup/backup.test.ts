import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeIdentity, noteSigner, signCheckpoint } from "@yizhan/vault";
import { auditOrigin, fleet, openCheckpointStore, ownIdentity } from "@yizhan/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { type HubConfig, hubConfigSchema } from "../config.ts";
import { openAcknowledgements } from "../fleet/acknowledgements.ts";
import { openStorage } from "../storage.ts";
import { backUp, restoreHub } from "./run.ts";

const quiet = () => undefined;
const reason = "Restored from Tuesday's backup";

/** A hub that knows a station, its audit log's contradiction and who answered for it; stopped. */
async function fill(config: HubConfig) {
  const { store, close } = await openStorage(config);
  const identity = await ownIdentity(store, config.country, config.data);
  const account = await store
    .direct()
    .accounts.create({ name: "Lin", role: "administrator", language: "zh", passphraseHash: "x" });
  const checkpoints = openCheckpointStore(store.database);
  const note = signCheckpoint(
    { origin: auditOrigin("MZ"), size: 3, root: randomBytes(32) },
    noteSigner(makeIdentity("MZ"), auditOrigin("MZ")),
  );
  const keep = { size: 3, note, seenAt: new Date(), contradicts: "cut-back" } as const;
  await checkpoints.judge("MZ", () => ({ keep, result: undefined }));
  const [held] = await checkpoints.newest();
  const about = { node: "MZ", checkpoint: held?.id ?? 0 };
  await openAcknowledgements(store, checkpoints).give({ accountId: account.id, role: "administrator" }, about, reason);
  await close();
  return identity.keyId;
}

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test("a hub's backup is two files, restored before it counts; with both it comes back whole, without its keys not at all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-hub-backup-"));
  try {
    await writeFile(join(folder, "root.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
    const data = join(folder, "data");
    const address = async (name: string) => writeFile(join(folder, name), await server.createDatabase(name), { mode: 0o600 });
    await Promise.all(["data_one", "keys_one", "data_two", "keys_two"].map(address));
    const postgres = (number: string) => ({
      kind: "postgres" as const,
      urlFile: join(folder, `data_${number}`),
      keyUrlFile: join(folder, `keys_${number}`),
    });
    const config = hubConfigSchema.parse({
      country: "CN",
      regions: "/regions",
      locales: "/locales",
      data,
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://127.0.0.1",
      database: postgres("one"),
      root: { kind: "file", path: join(folder, "root.key") },
    });
    const keyId = await fill(config);
    const file = join(folder, "cn.yzb");
    const keysFile = join(folder, "elsewhere.yzk");
    const done = await backUp(config, { output: file, keysOutput: keysFile }, quiet);
    expect(done.checked.rows).toBeGreaterThan(3);
    for (const path of [file, keysFile])
      for (const word of ["Tuesday", "Lin", done.manifest.audit.root]) expect(await readFile(path, "latin1")).not.toContain(word);

    // Another machine: the two files and the root.
    await rm(data, { recursive: true });
    const another: HubConfig = { ...config, database: postgres("two") };
    await expect(restoreHub(another, { file }, quiet)).rejects.toMatchObject({ code: "keys-missing" });
    await restoreHub(another, { file, keysFile }, quiet);
    const { store, close } = await openStorage(another);
    expect((await ownIdentity(store, config.country, config.data)).keyId).toBe(keyId);
    expect(await fleet(store.database.kysely).stations()).toEqual([]);
    const checkpoints = openCheckpointStore(store.database);
    const [held] = await checkpoints.newest();
    const given = held && (await openAcknowledgements(store, checkpoints).of(held));
    expect(given).toMatchObject({ reason, by: { name: "Lin" } });
    await close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
