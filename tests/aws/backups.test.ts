import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { carry, type Copies, fetchCopy, list } from "../../apps/station/src/backup/bucket/carry.ts";
import { makeBackup } from "@yizhan/store";
import { restoreStation } from "../../apps/station/src/backup/run.ts";
import { stationConfigSchema } from "../../apps/station/src/config.ts";
import { openStorage } from "../../apps/station/src/storage.ts";
import { stationFiles } from "../../apps/station/src/testing/station.ts";
import { type Moto, startMoto } from "../support/moto.ts";

const region = "af-south-1";
const day = 86_400_000;
let moto: Moto;
let client: S3Client;
let folder = "";
let copies: Copies;
let number = 0;

beforeAll(async () => {
  moto = await startMoto();
  client = new S3Client({
    region,
    endpoint: moto.url,
    forcePathStyle: true,
    credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
  });
}, 600_000);
afterAll(async () => {
  client.destroy();
  await moto.stop();
});

async function bucket(name: string, { lock = false, closed = true, versions = false } = {}): Promise<string> {
  const CreateBucketConfiguration = { LocationConstraint: region } as const;
  await client.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration, ObjectLockEnabledForBucket: lock }));
  if (versions && !lock)
    await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }));
  if (closed) {
    const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
    await client.send(new PutPublicAccessBlockCommand({ Bucket: name, PublicAccessBlockConfiguration: all }));
  }
  return name;
}

beforeEach(async () => {
  number += 1;
  folder = await mkdtemp(join(tmpdir(), "yizhan-bucket-"));
  const made = join(folder, "backups");
  await mkdir(made);
  const credentials = join(folder, "credentials");
  await writeFile(credentials, "[default]\naws_access_key_id = station\naws_secret_access_key = station\n", { mode: 0o600 });
  await writeFile(join(made, "MZ.yzk"), "keys 1");
  await writeFile(join(folder, "tombstones.yzt"), "forgotten 1");
  copies = {
    country: "MZ",
    made,
    keep: 2,
    replaced: [join(made, "MZ.yzk"), join(folder, "tombstones.yzt")],
    place: {
      region,
      bucket: await bucket(`backups-${number}`, { lock: true }),
      prefix: "MZ/",
      lock: { mode: "compliance", days: 30 },
      keys: { bucket: await bucket(`keys-${number}`), prefix: "MZ/" },
      endpoint: moto.url,
      credentials,
    },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const backup = (name: string, content: string | Uint8Array = `sealed ${name}`) => writeFile(join(copies.made, name), content);
const head = (name: string) => client.send(new HeadObjectCommand({ Bucket: copies.place.bucket, Key: `MZ/${name}` }));
const first = "MZ-20261101T003000Z.yzb";

describe("backups in a bucket", () => {
  test("lie under a lock until its day: nobody deletes a version before", async () => {
    await backup(first);
    const now = new Date();
    expect(await carry(copies, now)).toMatchObject({ name: first, state: "put", pruned: [] });
    const there = await head(first);
    expect(there.ObjectLockMode).toBe("COMPLIANCE");
    expect(Math.abs((there.ObjectLockRetainUntilDate?.getTime() ?? 0) - now.getTime() - 30 * day)).toBeLessThan(1_000);
    const Key = `MZ/${first}`;
    const remove = new DeleteObjectCommand({ Bucket: copies.place.bucket, Key, VersionId: there.VersionId });
    await expect(client.send(remove)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(await list(copies)).toEqual([{ name: first, bytes: 30 }]);
    expect(await carry(copies, now)).toMatchObject({ state: "there" });
  });

  test("come back with the newest keys: what was forgotten since is in them, and older copies of them are gone", async () => {
    await backup(first);
    await carry(copies);
    await writeFile(join(copies.made, "MZ.yzk"), "keys 2");
    await writeFile(join(folder, "tombstones.yzt"), "forgotten 2");
    await carry(copies);
    const back = await fetchCopy(copies, "newest", join(folder, "back"));
    expect(await readFile(back.file, "utf8")).toBe(`sealed ${first}`);
    expect(await readFile(back.keysFile ?? "", "utf8")).toBe("keys 2");
    expect(await readFile(back.tombstones ?? "", "utf8")).toBe("forgotten 2");
    const locked = await client.send(new ListObjectsV2Command({ Bucket: copies.place.bucket }));
    expect(locked.Contents?.map((one) => one.Key)).toEqual([`MZ/${first}`]);
    await expect(fetchCopy(copies, "MZ-20200101T000000Z.yzb", folder)).rejects.toMatchObject({ code: "copy-missing" });
  });

  test("of many parts arrive whole, and the same way back", async () => {
    const content = randomBytes(20 * 1024 ** 2);
    await backup(first, content);
    await carry(copies);
    const back = await fetchCopy(copies, first, join(folder, "back"));
    expect((await readFile(back.file)).equals(content)).toBe(true);
  });

  test("go once newer ones are kept and their lock is over", async () => {
    for (const name of [first, "MZ-20261102T003000Z.yzb", "MZ-20261103T003000Z.yzb"]) {
      await backup(name);
      expect(await carry(copies)).toMatchObject({ pruned: [] });
    }
    expect(await list(copies)).toHaveLength(3);
    // moto judges by its own clock: a lock of this moment's end is over.
    const soon = { ...copies, place: { ...copies.place, bucket: await bucket(`open-${number}`, { lock: true }) } };
    await rm(join(copies.made, "MZ-20261103T003000Z.yzb"));
    await carry(soon, new Date(Date.now() - 31 * day));
    await backup("MZ-20261103T003000Z.yzb");
    expect(await carry({ ...soon, keep: 1 })).toMatchObject({ pruned: ["MZ-20261102T003000Z.yzb"] });
    expect(await list(soon)).toHaveLength(1);
  });
});

/** Passes `parts` requests on, then cuts every line. */
async function cutter(parts: number): Promise<{ url: string; server: Server }> {
  let left = parts;
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (incoming.method === "PUT" && (left -= 1) < 0) {
      incoming.socket.destroy();
      return;
    }
    const { headers, method = "GET", url = "/" } = incoming;
    const on = request(`${moto.url}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(on);
  };
  const server = createServer(pass).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` };
}

test("a line that is cut in the middle leaves no half: no object, and no parts", { timeout: 60_000 }, async () => {
  await backup(first, randomBytes(20 * 1024 ** 2));
  const { url, server } = await cutter(1);
  await expect(carry({ ...copies, place: { ...copies.place, endpoint: url } })).rejects.toMatchObject({
    code: "bucket-unreachable",
  });
  server.close();
  const { Bucket } = { Bucket: copies.place.bucket };
  expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  expect((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
  expect(await carry(copies)).toMatchObject({ state: "put" });
});

describe("a bucket is refused", () => {
  test.each([
    ["without versions", { lock: false }, "bucket-not-versioned"],
    ["without a lock", { lock: false, versions: true }, "bucket-not-locked"],
    ["that may be public", { lock: true, closed: false }, "bucket-public"],
  ] as const)("%s", async (_what, settings, code) => {
    await backup(first);
    const other = await bucket(`refused-${number}`, settings);
    await expect(carry({ ...copies, place: { ...copies.place, bucket: other } })).rejects.toMatchObject({ code });
    expect((await client.send(new ListObjectsV2Command({ Bucket: other }))).KeyCount).toBe(0);
  });

  test("for the keys, where it would keep what is replaced", async () => {
    await backup(first);
    const versions = await bucket(`versions-${number}`, { versions: true });
    for (const name of [versions, copies.place.bucket]) {
      const place = { ...copies.place, keys: { bucket: name, prefix: "" } };
      await expect(carry({ ...copies, place })).rejects.toMatchObject({ code: "bucket-keeps-keys" });
    }
  });

  test("that is not there, or for which there are no credentials", async () => {
    await backup(first);
    const gone = { ...copies.place, bucket: "nobody-has-this" };
    await expect(carry({ ...copies, place: gone })).rejects.toMatchObject({ code: "bucket-unreachable" });
    const nobody = { ...copies.place, credentials: join(folder, "nothing") };
    await expect(carry({ ...copies, place: nobody })).rejects.toMatchObject({ code: "aws-credentials-missing" });
  });
});

test("a station comes back from the bucket alone, with nothing there but its root", { timeout: 120_000 }, async () => {
  const files = await stationFiles({}, ["coordinator"]);
  try {
    const config = stationConfigSchema.parse(files.config);
    const storage = await openStorage(config);
    const { store, writeKeys } = storage;
    await makeBackup({ store, writeKeys, folder: join(config.data, "backups") }, () => undefined);
    await storage.close();
    const own: Copies = { ...copies, made: join(config.data, "backups"), replaced: [join(config.data, "backups/MZ.yzk")] };
    await carry(own);
    for (const name of ["db", "keys-db", "backups"]) await rm(join(config.data, name), { recursive: true });
    const path = join(folder, "copies.json");
    await writeFile(path, JSON.stringify(own));
    const restored = await restoreStation(config, { file: "newest", copies: path }, () => undefined);
    expect(restored).toMatchObject({ manifest: { country: "MZ" }, forgotten: 0 });
    expect(await readdir(config.data)).toEqual(expect.arrayContaining(["db", "keys-db"]));
  } finally {
    await files.remove();
  }
});
