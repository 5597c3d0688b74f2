import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CountryStack, type Engine, findEngine, type StackInput, type StackPlace } from "@yizhan/infra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kmsOperator } from "../support/kms-operator.ts";
import { type Moto, startMoto } from "../support/moto.ts";

const pulumiHome = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
const region = "af-south-1";
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
let folder = "";
let moto: Moto;
let engine: Engine;
let client: S3Client;
let place: StackPlace;
let input: StackInput;

beforeAll(async () => {
  const found = await findEngine(pulumiHome);
  if (found === undefined) throw new Error("no engine: yizhan test --engine looks for one before it starts this");
  engine = found;
  moto = await startMoto();
  folder = await mkdtemp(join(tmpdir(), "yizhan-state-"));
  // As the operator has them: the engine reads its own credentials from the usual places.
  const credentials = join(folder, "credentials");
  await writeFile(credentials, "[default]\naws_access_key_id = a\naws_secret_access_key = b\n", { mode: 0o600 });
  Object.assign(process.env, { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_ENDPOINT_URL_KMS: moto.url, AWS_REGION: region });
  const who = { accessKeyId: "operator", secretAccessKey: "operator" };
  client = new S3Client({ region, endpoint: moto.url, forcePathStyle: true, credentials: who });
  const CreateBucketConfiguration = { LocationConstraint: region } as const;
  await client.send(new CreateBucketCommand({ Bucket: "fleet", CreateBucketConfiguration }));
  const { KeyMetadata } = (await kmsOperator(moto.url, region)("CreateKey", {})) as { KeyMetadata: { KeyId: string } };
  const backend = `s3://fleet/state?region=${region}&endpoint=${moto.url}&s3ForcePathStyle=true`;
  const secrets = { kind: "kms", url: `awskms://${KeyMetadata.KeyId}?region=${region}` } as const;
  place = { folder: join(folder, "work"), backend, secrets, pulumiHome };
  const identity = join(folder, "key");
  await writeFile(identity, "not a key\n", { mode: 0o600 });
  input = {
    country: "MZ",
    role: "station",
    size: "clinic",
    release: "1.0.0",
    target: { kind: "debian", host: "192.0.2.4", port: 22, user: "root", hostKey, identity },
    names: { station: "mz.example.org" },
    digest: "a".repeat(64),
    host: { inbox: [{ from: identity, to: "/inbox/manifest.json" }], apply: "a", health: "h", destroy: "d" },
    allowedRegions: [],
    alerts: {},
    backupDays: 14,
  };
}, 600_000);
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("the real engine with its state in S3 and its secrets under KMS", () => {
  it("opens a stack there, previews, and opens it again", async () => {
    expect(await (await CountryStack.open(engine, place, input)).preview()).toMatchObject({ create: 6 });
    expect(await (await CountryStack.open(engine, place, input)).preview()).toMatchObject({ create: 6 });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "fleet" }));
    const names = Contents.map((one) => one.Key ?? "");
    expect(names.some((name) => name.startsWith("state/.pulumi/stacks/") && name.includes("MZ"))).toBe(true);
    for (const Key of names) {
      const text = await (await client.send(new GetObjectCommand({ Bucket: "fleet", Key }))).Body?.transformToString();
      expect(text, Key).not.toContain("not a key");
    }
  });

  it("keeps the data key in the settings only as KMS sealed it", async () => {
    const files = await readdir(join(folder, "work/MZ"));
    const settings = await readFile(join(folder, "work/MZ", files.find((name) => name.startsWith("Pulumi.MZ")) ?? ""), "utf8");
    expect(settings).toContain("secretsprovider: awskms://");
    expect(settings).toMatch(/encryptedkey: \S{100,}/);
  });

  it("does not open when the sealed data key was changed", async () => {
    const file = join(folder, "work/MZ/Pulumi.MZ.yaml");
    const whole = await readFile(file, "utf8");
    await writeFile(
      file,
      whole.replace(/encryptedkey: (\S+)/, (_, sealed: string) => {
        const bytes = Buffer.from(sealed, "base64");
        return `encryptedkey: ${bytes.fill(0, bytes.length - 8).toString("base64")}`;
      }),
    );
    const run = async () => (await CountryStack.open(engine, place, input)).preview();
    await expect(run()).rejects.toMatchObject({ code: "engine-failed" });
    await writeFile(file, whole);
    expect(await run()).toMatchObject({ create: 6 });
  });
});
