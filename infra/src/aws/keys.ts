import { kms } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";

/** The customer-managed key of a stack: disks, database, backups, logs, secrets. It is rotated every year and never leaves its region. */
export class StackKey extends ComponentResource {
  readonly key: kms.Key;

  constructor(name: string, context: AwsContext, options: ComponentResourceOptions) {
    super("yizhan:aws:StackKey", name, {}, options);
    this.key = new kms.Key(
      `${name}-key`,
      {
        description: `Yizhan ${context.input.country}: disks, database, backups, logs`,
        enableKeyRotation: true,
        multiRegion: false,
        // Thirty days in which a deletion by mistake can be taken back.
        deletionWindowInDays: 30,
        policy: JSON.stringify(keyPolicy(context)),
        tags: named(context, "key"),
      },
      { parent: this, protect: true },
    );
    new kms.Alias(`${name}-alias`, { name: `alias/yizhan-${context.name}`, targetKeyId: this.key.keyId }, { parent: this });
    this.registerOutputs({ keyArn: this.key.arn });
  }
}

function keyPolicy({ partition, account, region, dnsSuffix }: AwsContext) {
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.${dnsSuffix}` },
        Action: use,
        Resource: "*",
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:/yizhan/*` },
        },
      },
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      {
        Sid: "DisksOfScalingGroups",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: [...use, "kms:CreateGrant"],
        Resource: "*",
        Condition: {
          StringLike: {
            "aws:PrincipalArn": `arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/*`,
          },
        },
      },
    ],
  };
}
