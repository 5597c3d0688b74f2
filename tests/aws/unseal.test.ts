import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { giveRoot } from "../../apps/kit/src/commands/root.ts";
import { keyServiceAt, makeRoot, readRootKey, sealRootWithKms } from "@yizhan/vault";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stationFiles } from "../../apps/station/src/testing/station.ts";
import { kmsOperator } from "../support/kms-operator.ts";
import { freePortBase, root as repository } from "../support/local.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { startApp } from "../support/nodes.ts";

const region = "af-south-1";
let moto: Moto;
let folder = "";
let place: { region: string; keyId: string; endpoint: string; credentials: string };
const root = makeRoot();

async function newKey(): Promise<string> {
  const { KeyMetadata } = (await kmsOperator(moto.url, region)("CreateKey", {})) as { KeyMetadata: { KeyId: string } };
  return KeyMetadata.KeyId;
}
const sealedFile = async (name: string, value: unknown) => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(value), { mode: 0o600 });
  return path;
};

beforeAll(async () => {
  moto = await startMoto();
  folder = await mkdtemp(join(tmpdir(), "yizhan-kms-"));
  const credentials = join(folder, "credentials");
  await writeFile(credentials, "[default]\naws_access_key_id=a\naws_secret_access_key=b\n", { mode: 0o600 });
  place = { region, keyId: await newKey(), endpoint: moto.url, credentials };
}, 600_000);
afterAll(async () => {
  await moto.stop();
  await rm(folder, { recursive: true });
});

describe("a root under KMS", () => {
  const read = (path: string, country = "MZ", other: Partial<typeof place> = {}) =>
    readRootKey({ kind: "kms", path, ...place, ...other }, { country });

  test("opens with its key, for its country, and in no other way", async () => {
    const sealed = await sealRootWithKms(root, "MZ", keyServiceAt(place));
    const path = await sealedFile("mz.json", sealed);
    expect(await read(path)).toEqual(root);
    await expect(read(path, "GQ")).rejects.toMatchObject({ code: "wrong-root" });
    const renamed = await sealedFile("gq.json", { ...sealed, country: "GQ" });
    await expect(read(renamed, "GQ")).rejects.toMatchObject({ code: "kms-wrong-key" });
    await expect(read(path, "MZ", { keyId: "11111111-2222-3333-4444-555555555555" })).rejects.toMatchObject({
      code: "kms-key-unknown",
    });
  });

  test("wants credentials that only their user can read", async () => {
    const path = await sealedFile("again.json", await sealRootWithKms(root, "MZ", keyServiceAt(place)));
    const open = join(folder, "open");
    await writeFile(open, "[default]\n", { mode: 0o644 });
    await expect(read(path, "MZ", { credentials: open })).rejects.toMatchObject({ code: "root-file-open-to-others" });
    await rm(open);
    await writeFile(open, "[default]\n", { mode: 0o600 });
    await expect(read(path, "MZ", { credentials: open })).rejects.toMatchObject({ code: "aws-credentials-missing" });
  });
});

test("`yizhan root` makes the sealed file that a site file asks for, of a new root or of one that is there, and writes over none", async () => {
  const fleet = join(folder, "fleet");
  await mkdir(fleet);
  const siteFile = (unseal: object) =>
    writeFile(
      join(fleet, "MZ.yaml"),
      JSON.stringify({
        country: "MZ",
        size: "clinic",
        target: { kind: "debian", host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" },
        names: { station: "mz.example.org", meet: "meet.example.org", turn: "turn.example.org" },
        address: "192.0.2.1",
        tls: { kind: "internal" },
        unseal,
        alerts: {},
        backup: { at: "02:30", keep: 14, target: { kind: "directory", path: "/var/backups/yizhan" } },
        jitsi: false,
      }),
    );
  const kms = {
    kind: "kms",
    keyId: place.keyId,
    region,
    sealed: "/etc/mz-root.json",
    credentials: "/root/aws",
    endpoint: moto.url,
  };
  const make = (name: string, more: { root?: string } = {}) =>
    giveRoot("MZ", { fleet, credentials: place.credentials, output: join(folder, name), ...more }, (key) => key);
  const opened = (name: string) => readRootKey({ kind: "kms", path: join(folder, name), ...place }, { country: "MZ" });

  await siteFile(kms);
  await make("new.json");
  const fresh = await opened("new.json");
  expect(fresh).toHaveLength(32);
  expect(await readFile(join(folder, "new.json"), "utf8")).not.toContain(Buffer.from(fresh).toString("hex"));
  await expect(make("new.json")).rejects.toMatchObject({ code: "root-there" });
  expect(await opened("new.json")).toEqual(fresh);

  const had = join(folder, "root.key");
  await writeFile(had, `${Buffer.from(root).toString("hex")}\n`, { mode: 0o600 });
  await make("had.json", { root: had });
  expect(await opened("had.json")).toEqual(root);

  await siteFile({ ...kms, keyId: "11111111-2222-3333-4444-555555555555" });
  await expect(make("unknown.json")).rejects.toMatchObject({
    code: "root-refused",
    values: { reason: expect.stringContaining("knows no key of this id") },
  });
  await siteFile({ kind: "file" });
  await expect(make("file.json")).rejects.toMatchObject({ code: "root-not-kms" });
});

test("a station starts with its root under KMS; over an open line it does not", { timeout: 90_000 }, async () => {
  const port = await freePortBase();
  const files = await stationFiles({ port }, ["coordinator"]);
  const path = await sealedFile("station.json", await sealRootWithKms(root, "MZ", keyServiceAt(place)));
  const main = join(repository, "apps/station/src/main.ts");
  const configured = (endpoint: string) =>
    files.secret("station.json", JSON.stringify({ ...files.config, root: { kind: "kms", path, ...place, endpoint } }));
  try {
    await expect(startApp(main, await configured("http://kms.example.org/"))).rejects.toThrow();
    const app = await startApp(main, await configured(moto.url));
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true);
    await app.stop();
  } finally {
    await files.remove();
  }
});
