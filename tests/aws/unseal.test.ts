import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
