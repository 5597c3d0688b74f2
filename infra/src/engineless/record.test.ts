import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadRegions, type Region } from "@yizhan/region";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsTarget, type DebianTarget, sizes, type StackInput } from "../stack-input.ts";
import { recordProgram } from "./record.ts";
import { brokenRules } from "./rules.ts";
import type { Asked } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "yizhan-infra-"));
const identity = join(folder, "key");
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
const marker = "-----BEGIN OPENSSH PRIVATE KEY-----";
let regions: readonly Region[] = [];

beforeAll(async () => {
  writeFileSync(identity, `${marker}\nnot a key\n`);
  regions = await loadRegions(join(import.meta.dirname, "../../../regions"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const debian = (): DebianTarget => ({ kind: "debian", host: "192.0.2.4", port: 22, user: "root", hostKey, identity });
const aws = (region: string): AwsTarget => ({ kind: "aws", region, account: "123456789012" });
const input = (country: string, target: AwsTarget | DebianTarget, size: StackInput["size"] = "clinic"): StackInput => ({
  country,
  role: country === "CN" ? "hub" : "station",
  size,
  release: "0.1.0",
  target,
  names: { station: "st.example.org", meet: "meet.st.example.org", turn: "turn.st.example.org" },
  digest: "0f".repeat(32),
  host: { inbox: [{ from: identity, to: "/inbox/manifest.json" }], apply: "apply", health: "health", destroy: "destroy" },
  archive: { file: identity, sha256: "0f".repeat(32), fingerprint: "ABCD-EFGH" },
  allowedRegions: target.kind === "aws" ? [target.region] : [],
  alerts: { email: "aid@example.org" },
  backupDays: 14,
});
const awsRegions = () =>
  regions.flatMap((region) =>
    region.hosting.flatMap((one) => (one.region === undefined ? [] : [[region.code, one.region] as const])),
  );

describe("a stack", () => {
  it("keeps every rule on a Debian host in every country, in every size", { timeout: 60_000 }, async () => {
    expect(regions.length).toBeGreaterThanOrEqual(65);
    for (const region of regions) {
      for (const size of sizes) {
        const one = input(region.code, debian(), size);
        expect(brokenRules(one, await recordProgram(one))).toEqual([]);
      }
    }
  });

  it("keeps every rule in every AWS region that a country file names, in every size", { timeout: 120_000 }, async () => {
    expect(awsRegions().length).toBeGreaterThan(5);
    for (const [country, region] of awsRegions()) {
      for (const size of sizes) {
        const one = input(country, aws(region), size);
        const asked = await recordProgram(one);
        expect(asked.length).toBeGreaterThan(40);
        expect(brokenRules(one, asked)).toEqual([]);
      }
    }
  });

  it("refuses a region that the country file does not allow", async () => {
    await expect(recordProgram({ ...input("IN", aws("us-east-1")), allowedRegions: ["ap-south-1"] })).rejects.toMatchObject({
      code: "region-refused",
    });
  });

  it.each([
    [{ hostKey: "" }, "host-key-missing"],
    [{ identity: "id_ed25519" }, "path-relative"],
  ])("refuses %o", async (change, code) => {
    await expect(recordProgram(input("MZ", { ...debian(), ...change }))).rejects.toMatchObject({ code });
  });
});

describe("a Debian host", () => {
  it("is given the bundle, then the installer, then asked how it is; a new bundle is an update", async () => {
    const asked = (await recordProgram(input("MZ", debian()))).filter((one) => one.custom);
    expect(asked.map((one) => one.name)).toEqual(["mz-host-inbox-manifest.json", "mz-host-apply", "mz-host-health"]);
    expect(asked[1]?.inputs["update"]).toBe(asked[1]?.inputs["create"]);
    expect(asked[1]?.inputs["create"]).toContain("0f".repeat(32));
  });

  it("gets its key as a secret only", async () => {
    const asked = await recordProgram(input("MZ", debian()));
    expect(JSON.stringify(asked)).toContain(marker);
    expect(brokenRules(input("MZ", debian()), asked)).toEqual([]);
  });
});

describe("on AWS", () => {
  const record = async (size: StackInput["size"]) => recordProgram(input("IN", aws("ap-south-1"), size));
  const count = (asked: readonly Asked[], type: string) => asked.filter((one) => one.type === type).length;

  it.each(["clinic", "district"] as const)("a %s is one machine that nothing replaces, on a disk that stays", async (size) => {
    const asked = await record(size);
    expect(count(asked, "aws:ec2/instance:Instance")).toBe(1);
    for (const none of ["aws:lb/loadBalancer:LoadBalancer", "aws:autoscaling/group:Group", "aws:rds/instance:Instance"])
      expect(count(asked, none)).toBe(0);
    expect(asked.find((one) => one.type === "aws:ec2/instance:Instance")?.inputs).toMatchObject({ disableApiTermination: true });
    expect(asked.find((one) => one.type === "aws:ec2/launchTemplate:LaunchTemplate")?.inputs).toMatchObject({
      instanceType: size === "clinic" ? "m6i.xlarge" : "m6i.2xlarge",
      blockDeviceMappings: [{ ebs: { deleteOnTermination: "false" } }],
    });
    expect(count(asked, "aws:dlm/lifecyclePolicy:LifecyclePolicy")).toBe(1);
  });

  it("a nation is drawn as several machines behind a balancer with replicas", async () => {
    const national = await record("national");
    expect(count(national, "aws:rds/instance:Instance")).toBe(3);
    expect(count(national, "aws:ec2/instance:Instance")).toBe(3);
    expect(count(national, "aws:autoscaling/group:Group")).toBe(2);
    expect(count(national, "aws:ec2/natGateway:NatGateway")).toBe(3);
  });

  it("a machine is started with a script that holds the archive's sum and no secret", async () => {
    const template = (await record("clinic")).find((one) => one.type === "aws:ec2/launchTemplate:LaunchTemplate");
    const script = Buffer.from(String(template?.inputs["userData"]), "base64").toString();
    expect(script).toContain(`echo "${"0f".repeat(32)}  station.yizhan" | sha256sum --check`);
    expect(script).toContain("apply --archive station.yizhan --fingerprint ABCD-EFGH");
    expect(script).not.toMatch(/password|secret|token/i);
  });

  it("its machines may set and read a lock, never pass one by, hide a backup, or read other buckets", async () => {
    const policy = (await record("national")).find((one) => one.type === "aws:iam/rolePolicy:RolePolicy");
    const text = String(policy?.inputs["policy"]);
    expect(text).toContain('"s3:PutObjectRetention"');
    expect(text).not.toMatch(/BypassGovernance|"s3:DeleteObject"|s3:\*|PutBucket/);
  });

  it("names China's own partition", async () => {
    const asked = await recordProgram(input("CN", aws("cn-north-1"), "district"));
    const texts = JSON.stringify(asked.filter((one) => one.type.startsWith("aws:iam") || one.type.startsWith("aws:kms")));
    expect(texts).toContain("arn:aws-cn:iam");
    expect(texts).not.toContain("arn:aws:iam");
  });
});

/** Every rule, broken once: a rule that cannot fail would prove nothing. */
describe("the rules", () => {
  let recorded: Promise<Asked[]> | undefined;
  const national = () => (recorded ??= recordProgram(input("IN", aws("ap-south-1"), "national")));
  const change = (asked: readonly Asked[], type: string, inputs: object): Asked[] =>
    asked.map((one) => (one.type === type ? { ...one, inputs: { ...one.inputs, ...inputs } } : one));

  it.each([
    ["aws:kms/key:Key", { enableKeyRotation: false }],
    ["aws:s3/bucket:Bucket", { forceDestroy: true }],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { blockPublicAcls: false }],
    ["aws:s3/bucketVersioning:BucketVersioning", { versioningConfiguration: { status: "Suspended" } }],
    ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", { rules: [] }],
    [
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
      { rule: { defaultRetention: { mode: "GOVERNANCE", days: 14 } } },
    ],
    ["aws:s3/bucketPolicy:BucketPolicy", { policy: "{}" }],
    ["aws:rds/instance:Instance", { storageEncrypted: false }],
    ["aws:rds/instance:Instance", { publiclyAccessible: true }],
    ["aws:rds/instance:Instance", { deletionProtection: false }],
    ["aws:rds/instance:Instance", { backupRetentionPeriod: 0 }],
    ["aws:rds/parameterGroup:ParameterGroup", { parameters: [] }],
    ["aws:ec2/launchTemplate:LaunchTemplate", { metadataOptions: { httpTokens: "optional" } }],
    ["aws:ec2/launchTemplate:LaunchTemplate", { keyName: "mine" }],
    ["aws:ec2/instance:Instance", { metadataOptions: {} }],
    ["aws:ec2/subnet:Subnet", { mapPublicIpOnLaunch: true }],
    ["aws:ec2/subnet:Subnet", { tags: {} }],
    ["aws:ec2/subnet:Subnet", { availabilityZoneId: "eu-west-1" }],
    [
      "aws:ec2/securityGroup:SecurityGroup",
      { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }] },
    ],
    ["aws:lb/loadBalancer:LoadBalancer", { enableDeletionProtection: false }],
    ["aws:lb/listener:Listener", { protocol: "HTTP", defaultActions: [{ type: "forward" }] }],
    ["aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: "" }],
    ["aws:sns/topic:Topic", { kmsMasterKeyId: undefined }],
    ["aws:secretsmanager/secret:Secret", { kmsKeyId: undefined }],
    ["aws:secretsmanager/secret:Secret", { password: "open sesame" }],
    ["pulumi:providers:aws", { region: "eu-west-1" }],
    ["pulumi:providers:aws", { allowedAccountIds: [] }],
  ])("see %s with %o", async (type, inputs) => {
    const one = input("IN", aws("ap-south-1"), "national");
    const asked = await national();
    expect(brokenRules(one, asked)).toEqual([]);
    expect(brokenRules(one, change(asked, type, inputs)).length).toBeGreaterThan(0);
  });

  it.each([{ triggers: ["new"] }, { connection: { host: "192.0.2.4" } }, { environment: { password: "x" } }])(
    "see a command with %o",
    async (inputs) => {
      const one = input("MZ", debian());
      const asked = await recordProgram(one);
      expect(brokenRules(one, change(asked, "command:remote:Command", inputs)).length).toBeGreaterThan(0);
    },
  );

  it("see a resource made by another provider, and a bucket without its lock", async () => {
    const one = input("IN", aws("ap-south-1"));
    const asked = await recordProgram(one);
    const elsewhere = asked.map((two) => (two.type.startsWith("aws:kms") ? { ...two, provider: undefined } : two));
    expect(brokenRules(one, elsewhere)).toContain("in-host-key-key: not made by the stack's own provider");
    expect(
      brokenRules(
        one,
        asked.filter((two) => two.name !== "in-host-backups-lock"),
      ),
    ).toEqual(["in-host-backups-bucket: has no lock"]);
    const renamed = asked.map((two) =>
      two.name === "in-host-backups-versions" ? { ...two, name: "in-host-keys-versions" } : two,
    );
    expect(brokenRules(one, renamed)).toEqual(["in-host-backups-bucket: has no versions", "in-host-keys-bucket: has versions"]);
  });
});
