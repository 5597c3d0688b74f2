import { z } from "zod";
import type { StackInput } from "../stack-input.ts";
import type { Asked } from "./run.ts";

/** What holds of every stack, judged on what the program asks for before anything is made. */

interface Stack {
  readonly input: StackInput;
  readonly asked: readonly Asked[];
}
type Rule = (one: Asked, stack: Stack) => string | undefined;

const text = (value: unknown) => JSON.stringify(value) ?? "";
const shape = (schema: z.ZodType, value: unknown, fault: string) => (schema.safeParse(value).success ? undefined : fault);
const isTrue = z.literal(true);
const filled = z.string().min(1);

/** Of one type each: what its inputs must be. */
const shapes: Readonly<Record<string, readonly [z.ZodType, string]>> = {
  "aws:kms/key:Key": [
    z.object({ enableKeyRotation: isTrue, multiRegion: z.literal(false), deletionWindowInDays: z.literal(30) }),
    "key is not rotated or leaves the region",
  ],
  "aws:s3/bucket:Bucket": [z.object({ forceDestroy: z.literal(false) }), "bucket can be destroyed with what is in it"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
    z.object({ blockPublicAcls: isTrue, blockPublicPolicy: isTrue, ignorePublicAcls: isTrue, restrictPublicBuckets: isTrue }),
    "bucket may be public",
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [
    z.object({ versioningConfiguration: z.object({ status: z.literal("Enabled") }) }),
    "bucket keeps no versions",
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    z.object({
      rules: z
        .array(
          z.object({
            applyServerSideEncryptionByDefault: z.object({ sseAlgorithm: z.literal("aws:kms"), kmsMasterKeyId: filled }),
          }),
        )
        .min(1),
    }),
    "bucket is not sealed with the stack's key",
  ],
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
    z.object({ rule: z.object({ defaultRetention: z.object({ mode: z.literal("COMPLIANCE"), days: z.number().min(7) }) }) }),
    "backups can be deleted too early",
  ],
  "aws:s3/bucketPolicy:BucketPolicy": [
    z.object({ policy: z.string().includes('"aws:SecureTransport":"false"') }),
    "bucket answers without TLS",
  ],
  "aws:rds/instance:Instance": [
    z.object({
      storageEncrypted: isTrue,
      kmsKeyId: filled,
      publiclyAccessible: z.literal(false),
      deletionProtection: isTrue,
      copyTagsToSnapshot: isTrue,
    }),
    "database is open, unsealed or unprotected",
  ],
  "aws:rds/parameterGroup:ParameterGroup": [
    z.object({
      parameters: z
        .array(z.object({ name: z.string(), value: z.string() }))
        .refine((all) => all.some((one) => one.name === "rds.force_ssl" && one.value === "1")),
    }),
    "database answers without TLS",
  ],
  "aws:ec2/launchTemplate:LaunchTemplate": [
    z.object({
      metadataOptions: z.object({ httpTokens: z.literal("required") }),
      blockDeviceMappings: z.array(z.object({ ebs: z.object({ encrypted: z.literal("true"), kmsKeyId: filled }) })).min(1),
      keyName: z.undefined().optional(),
    }),
    "machine with IMDSv1, an unsealed disk or a key for SSH",
  ],
  "aws:ec2/instance:Instance": [
    z.object({ metadataOptions: z.object({ httpTokens: z.literal("required") }), keyName: z.undefined().optional() }),
    "machine with IMDSv1 or a key for SSH",
  ],
  "aws:ec2/subnet:Subnet": [z.object({ mapPublicIpOnLaunch: z.literal(false) }), "subnet gives addresses away"],
  "aws:lb/loadBalancer:LoadBalancer": [
    z.object({ enableDeletionProtection: isTrue, dropInvalidHeaderFields: isTrue }),
    "balancer is unprotected",
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    z.object({ kmsKeyId: filled, retentionInDays: z.number().min(180) }),
    "logs are unsealed or kept too short",
  ],
  "aws:sns/topic:Topic": [z.object({ kmsMasterKeyId: filled }), "alerts are unsealed"],
  "aws:secretsmanager/secret:Secret": [z.object({ kmsKeyId: filled }), "secret is not sealed with the stack's key"],
};

const listener = z.union([
  z.object({ protocol: z.literal("HTTPS"), sslPolicy: z.string().startsWith("ELBSecurityPolicy-TLS13"), certificateArn: filled }),
  z.object({ defaultActions: z.array(z.object({ type: z.literal("redirect") })).length(1) }),
]);

const ingress = z.object({
  ingress: z.array(
    z.object({ protocol: z.string(), fromPort: z.number(), toPort: z.number(), cidrBlocks: z.array(z.string()).optional() }),
  ),
});

/** Reached from anywhere: pages, bridge, TURN. Nothing else, and never SSH or a database. */
const openPorts = new Set(["tcp 443", "tcp 80", "udp 10000", "udp 3478", "tcp 3478", "tcp 5349", "udp 49152-65535"]);

const taggable =
  /^aws:(ec2\/(vpc|subnet|instance|securityGroup|launchTemplate|natGateway|eip)|kms\/key|s3\/bucket:|rds\/|lb\/|sns\/topic:|cloudwatch\/|secretsmanager\/|route53\/zone|acm\/certificate:|iam\/role:)/;
const regionName = /\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-(?:north|south|east|west|central)(?:east|west)?-\d\b/g;

const rules: readonly Rule[] = [
  (one) => {
    const known = shapes[one.type];
    return known === undefined ? undefined : shape(known[0], one.inputs, known[1]);
  },
  (one) =>
    one.type === "aws:lb/listener:Listener" ? shape(listener, one.inputs, "balancer answers without TLS 1.3") : undefined,
  (one) => {
    if (one.type !== "aws:ec2/securityGroup:SecurityGroup") return undefined;
    const parsed = ingress.safeParse(one.inputs);
    if (!parsed.success) return "rules of who may connect cannot be read";
    const open = parsed.data.ingress
      .filter((port) => port.cidrBlocks?.some((block) => block.endsWith("/0")))
      .map((port) => `${port.protocol} ${port.fromPort === port.toPort ? port.fromPort : `${port.fromPort}-${port.toPort}`}`)
      .filter((port) => !openPorts.has(port));
    return open.length === 0 ? undefined : `open to everyone: ${open.join(", ")}`;
  },
  (one, { input }) => {
    if (!one.type.startsWith("aws:")) return undefined;
    const provider = `${input.country.toLowerCase()}-host-provider`;
    return one.provider?.includes(`::${provider}::`) ? undefined : "not made by the stack's own provider";
  },
  (one, { input }) => {
    if (input.target.kind !== "aws") return undefined;
    const { region } = input.target;
    const others = (text(one.inputs).match(regionName) ?? []).filter((name) => name !== region);
    return others.length === 0 ? undefined : `names another region: ${others.join(", ")}`;
  },
  (one) => (taggable.test(one.type) && !text(one.inputs["tags"]).includes('"Name":"yizhan-') ? "has no tags" : undefined),
  (one) => {
    if (!one.type.startsWith("command:remote:")) return undefined;
    const { hostKey } = z.object({ hostKey: z.string().optional() }).catch({}).parse(revealed(one.inputs["connection"]));
    return hostKey === undefined || hostKey === "" ? "takes any host for ours" : undefined;
  },
  (one) => (one.inputs["triggers"] === undefined || !one.type.startsWith("command:") ? undefined : "is replaced, not updated"),
  (one) =>
    /-----BEGIN [A-Z ]*PRIVATE KEY|"(?:password|privateKey|secretString)":"/.test(text(withoutSecrets(one.inputs)))
      ? "a secret in plain text"
      : undefined,
];

/** Of the whole stack: each bucket has its guards, each database its backups. */
const wholeRules: readonly ((stack: Stack) => readonly string[])[] = [
  ({ asked }) =>
    asked
      .filter((one) => one.type === "aws:s3/bucket:Bucket")
      .flatMap(({ name }) => {
        const component = name.replace(/-bucket$/, "");
        const has = (guard: string) => asked.some((one) => one.name === `${component}-${guard}`);
        // The copy of the key store is to be replaced: what is kept there would open what was forgotten.
        const replaced = component.endsWith("-keys");
        const guards = [
          "private",
          "encryption",
          "policy",
          ...(replaced ? [] : ["versions"]),
          ...(component.endsWith("-backups") ? ["lock"] : []),
        ];
        return [
          ...guards.filter((guard) => !has(guard)).map((guard) => `${name}: has no ${guard}`),
          ...(replaced ? ["versions", "lock"].filter(has).map((guard) => `${name}: has ${guard}`) : []),
        ];
      }),
  ({ asked }) =>
    asked
      .filter((one) => one.type === "aws:rds/instance:Instance" && one.inputs["replicateSourceDb"] === undefined)
      .filter(
        (one) =>
          !z
            .object({
              backupRetentionPeriod: z.number().min(7),
              multiAz: isTrue,
              skipFinalSnapshot: z.literal(false),
              manageMasterUserPassword: isTrue,
            })
            .safeParse(one.inputs).success,
      )
      .map((one) => `${one.name}: database without backups, a second zone or a managed password`),
  ({ input, asked }) => {
    if (input.target.kind !== "aws") return [];
    const found = asked.find((one) => one.type === "pulumi:providers:aws");
    const accounts = text(found?.inputs["allowedAccountIds"]);
    const tied =
      found?.inputs["region"] === input.target.region &&
      accounts.includes(input.target.account) &&
      text(found.inputs["defaultTags"]).includes("yizhan:country");
    return tied ? [] : ["the provider is not tied to one region and account"];
  },
];

/** Every rule that does not hold, each with the resource's name; empty: the stack may be made. */
export function brokenRules(input: StackInput, asked: readonly Asked[]): string[] {
  const stack = { input, asked };
  return [
    ...asked.flatMap((one) =>
      rules.map((rule) => rule(one, stack)).flatMap((fault) => (fault === undefined ? [] : [`${one.name}: ${fault}`])),
    ),
    ...wholeRules.flatMap((rule) => rule(stack)),
  ];
}

/** How Pulumi marks a secret on its way to the engine. */
const secretSignature = "4dabf18193072939515e22adb298388d";

function revealed(value: unknown): unknown {
  return isSecret(value) ? value.value : value;
}

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && secretSignature in value && "value" in value;
}

function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return "secret";
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
