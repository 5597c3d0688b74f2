import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { admit, type Expected } from "@yizhan/federation";
import { type Identity, makeIdentity, noteSigner, signCheckpoint } from "@yizhan/vault";
import { auditOrigin, fleet, openCheckpointStore, openInbound, ownIdentity } from "@yizhan/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { type HubConfig, hubConfigSchema } from "../config.ts";
import { openAcknowledgements } from "../fleet/acknowledgements.ts";
import { openStorage } from "../storage.ts";
import { readInvitations } from "../federation/invitations.ts";
import { joinRequest } from "../testing/handmade.ts";
import { backUp, restoreHub } from "./run.ts";

const quiet = () => undefined;
const reason = "Restored from Tuesday's backup";

function configIn(folder: string, more: object): HubConfig {
  return hubConfigSchema.parse({
    country: "CN",
    regions: "/regions",
    locales: "/locales",
    data: join(folder, "data"),
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1",
    database: { kind: "pglite" },
    root: { kind: "file", path: join(folder, "root.key") },
    ...more,
  });
}

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

type Join = (station: Identity, token: string) => Promise<string>;

/** Opens the stopped hub for `work`, who joins as at its door: `joined`, or the refusal's code. */
async function atHub(config: HubConfig, work: (join: Join) => Promise<void>): Promise<void> {
  const { store, close } = await openStorage(config);
  const identity = await ownIdentity(store, config.country, config.data);
  const inbound = openInbound(store.database, fleet);
  await work(async (station, token) =>
    admit(identity, inbound, await readInvitations(config.invitations), joinRequest(station, token), new Date()).then(
      () => "joined",
      (error: unknown) => (error as { code: string }).code,
    ),
  ).finally(close);
}

function invitation(node: string): Expected & { readonly token: string } {
  const token = randomBytes(24).toString("base64url");
  return { node, token, tokenSha256: createHash("sha256").update(token).digest("hex") };
}
const keep = async (path: string, list: readonly Expected[]) => {
  await writeFile(path, JSON.stringify(list.map(({ node, tokenSha256 }) => ({ node, tokenSha256 }))), { mode: 0o600 });
};

let server: TestPostgres;
/** Two databases that nobody has used: one for the data, one for the keys. */
async function databases(folder: string, name: string) {
  const urlFile = join(folder, `data_${name}`);
  const keyUrlFile = join(folder, `keys_${name}`);
  for (const file of [urlFile, keyUrlFile]) await writeFile(file, await server.createDatabase(basename(file)), { mode: 0o600 });
  return { kind: "postgres" as const, urlFile, keyUrlFile };
}
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test("a hub's backup is two files, restored before it counts; with both it comes back whole, without its keys not at all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-hub-backup-"));
  try {
    await writeFile(join(folder, "root.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
    const data = join(folder, "data");
    const config = configIn(folder, { database: await databases(folder, "whole_one") });
    const keyId = await fill(config);
    const file = join(folder, "cn.yzb");
    const keysFile = join(folder, "elsewhere.yzk");
    const done = await backUp(config, { output: file, keysOutput: keysFile }, quiet);
    expect(done.checked.rows).toBeGreaterThan(3);
    for (const path of [file, keysFile])
      for (const word of ["Tuesday", "Lin", done.manifest.audit.root]) expect(await readFile(path, "latin1")).not.toContain(word);

    // Another machine: the two files and the root.
    await rm(data, { recursive: true });
    const another: HubConfig = { ...config, database: await databases(folder, "whole_two") };
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

test("a hub's invitations come back where none stand: open ones open, used ones used", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-hub-invitations-"));
  try {
    await writeFile(join(folder, "root.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
    const data = join(folder, "data");
    const invitations = join(data, "invitations.json");
    const config = configIn(folder, { invitations, database: await databases(folder, "invited_one") });
    await fill(config);
    const [used, later, open] = [invitation("MZ"), invitation("AO"), invitation("KZ")];
    const [mz, ao, kz] = [makeIdentity("MZ"), makeIdentity("AO"), makeIdentity("KZ")];
    await keep(invitations, [used, later, open]);
    await atHub(config, async (joins) => expect(await joins(mz, used.token)).toBe("joined"));
    const file = join(folder, "cn.yzb");
    const keysFile = join(folder, "cn.yzk");
    await backUp(config, { output: file, keysOutput: keysFile }, quiet);
    for (const { tokenSha256 } of [used, later, open]) expect(await readFile(file, "latin1")).not.toContain(tokenSha256);
    await atHub(config, async (joins) => expect(await joins(ao, later.token)).toBe("joined"));

    await rm(data, { recursive: true });
    const another = { ...config, database: await databases(folder, "invited_two") };
    const done = await restoreHub(another, { file, keysFile }, quiet);
    expect(done.invited).toEqual(["MZ", "AO", "KZ"]);
    expect((await stat(invitations)).mode & 0o777).toBe(0o600);
    const anew = invitation("AO");
    await atHub(another, async (joins) => {
      expect(await joins(kz, open.token)).toBe("joined");
      expect(await joins(makeIdentity("MZ"), used.token)).toBe("token-used");
      // Used after the backup: open again until that country is invited anew, which makes the old token worthless.
      await keep(invitations, [used, anew, open]);
      expect(await joins(makeIdentity("AO"), later.token)).toBe("token-wrong");
      expect(await joins(ao, anew.token)).toBe("joined");
    });

    const third = { ...config, database: await databases(folder, "invited_three") };
    const again = await restoreHub(third, { file, keysFile }, quiet);
    expect(again.invited).toEqual([]);
    expect((await readInvitations(invitations)).map(({ tokenSha256 }) => tokenSha256)).toContain(anew.tokenSha256);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
