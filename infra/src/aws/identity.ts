import { ec2, iam } from "@pulumi/aws";
import { all, ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";

export interface IdentityArgs {
  readonly context: AwsContext;
  readonly keyArn: Output<string>;
  readonly backupsArn: Output<string>;
  readonly keysArn: Output<string>;
  readonly releaseArn: Output<string>;
  readonly logsArn: Output<string>;
  /** Secrets a machine may read: the hub's invitation, the database's password. */
  readonly secretArns: readonly Output<string>[];
}

/** Who the machines are: they read the release and their secrets, add backups, write logs, and are reached by the session manager; nothing else, and nothing in another region. */
export class MachineIdentity extends ComponentResource {
  readonly profile: iam.InstanceProfile;

  constructor(name: string, args: IdentityArgs, options: ComponentResourceOptions) {
    super("yizhan:aws:MachineIdentity", name, {}, options);
    const { context } = args;
    const parent = { parent: this };
    const role = new iam.Role(
      `${name}-role`,
      {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: `ec2.${context.dnsSuffix}` }, Action: "sts:AssumeRole" }],
        }),
        tags: named(context, "machines"),
      },
      parent,
    );
    // The session manager in place of SSH: no port is open, every session is in the account's trail.
    new iam.RolePolicyAttachment(
      `${name}-sessions`,
      { role: role.name, policyArn: `arn:${context.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore` },
      parent,
    );
    const policy = all([
      args.keyArn,
      args.backupsArn,
      args.keysArn,
      args.releaseArn,
      args.logsArn,
      all([...args.secretArns]),
    ]).apply(([key, backups, keys, release, logs, secrets]) =>
      JSON.stringify(machinePolicy(context, { key, backups, keys, release, logs, secrets })),
    );
    new iam.RolePolicy(`${name}-policy`, { role: role.id, policy }, parent);
    this.profile = new iam.InstanceProfile(`${name}-profile`, { role: role.name, tags: named(context, "machines") }, parent);
    this.registerOutputs({ profile: this.profile.name });
  }
}

interface Arns {
  readonly key: string;
  readonly backups: string;
  readonly keys: string;
  readonly release: string;
  readonly logs: string;
  readonly secrets: readonly string[];
}

function machinePolicy(context: AwsContext, arns: Arns) {
  const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]) => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      allow("Release", ["s3:GetObject", "s3:ListBucket"], [arns.release, `${arns.release}/*`]),
      // How the buckets are set is asked before each backup: apps/station/src/backup/bucket/check.ts.
      allow(
        "Settings",
        [
          "s3:ListBucket",
          "s3:ListBucketMultipartUploads",
          "s3:GetBucketVersioning",
          "s3:GetBucketObjectLockConfiguration",
          "s3:GetBucketPublicAccessBlock",
          "s3:GetBucketPolicyStatus",
        ],
        [arns.backups, arns.keys],
      ),
      // A version goes once its lock is over; nothing is hidden by a delete without its version, and no lock is passed by.
      allow(
        "Backups",
        [
          "s3:PutObject",
          "s3:PutObjectRetention",
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:GetObjectRetention",
          "s3:DeleteObjectVersion",
          "s3:AbortMultipartUpload",
        ],
        [`${arns.backups}/*`],
      ),
      allow("BackupVersions", ["s3:ListBucketVersions"], [arns.backups]),
      allow("Keys", ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], [`${arns.keys}/*`]),
      allow("Key", ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], [arns.key]),
      ...(arns.secrets.length === 0 ? [] : [allow("Secrets", ["secretsmanager:GetSecretValue"], arns.secrets)]),
      allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [arns.logs, `${arns.logs}:*`]),
      {
        Sid: "NowhereElse",
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:RequestedRegion": context.region } },
      },
    ],
  };
}

/** Rules of who may connect, by what. There is no rule for port 22 anywhere. */
export function securityGroup(
  name: string,
  context: AwsContext,
  args: { vpcId: Output<string>; what: string; description: string; ingress: readonly Port[] },
  options: ComponentResourceOptions,
): ec2.SecurityGroup {
  return new ec2.SecurityGroup(
    name,
    {
      vpcId: args.vpcId,
      description: args.description,
      ingress: args.ingress.map((port) => ({
        protocol: port.protocol,
        fromPort: port.from,
        toPort: port.to ?? port.from,
        description: port.why,
        ...(port.source === undefined ? { cidrBlocks: ["0.0.0.0/0"] } : { securityGroups: [port.source.id] }),
      })),
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"], description: "to the hub and to mirrors" }],
      tags: named(context, args.what),
    },
    options,
  );
}

export interface Port {
  readonly protocol: "tcp" | "udp";
  readonly from: number;
  readonly to?: number;
  readonly why: string;
  /** Absent: from anywhere. */
  readonly source?: ec2.SecurityGroup;
}
