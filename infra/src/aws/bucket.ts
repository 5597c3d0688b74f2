import { s3 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";

export interface BucketArgs {
  readonly context: AwsContext;
  readonly what: "backups" | "keys" | "release";
  readonly keyArn: Output<string>;
  /** Days in which nobody, not even the account's root, can delete a version; absent: no lock. */
  readonly lockDays?: number;
  /** The one copy of the key store is replaced, so that who was forgotten is forgotten there too: no version stays. */
  readonly replaced?: boolean;
}

/** A bucket that nobody outside the account sees, sealed with the stack's key, TLS only, versioned unless what is in it is to be replaced. */
export class SealedBucket extends ComponentResource {
  readonly bucket: s3.Bucket;

  constructor(name: string, args: BucketArgs, options: ComponentResourceOptions) {
    super("yizhan:aws:SealedBucket", name, {}, options);
    const { context } = args;
    const parent = { parent: this };
    this.bucket = new s3.Bucket(
      `${name}-bucket`,
      {
        bucket: `yizhan-${context.name}-${args.what}-${context.account}`,
        objectLockEnabled: args.lockDays !== undefined,
        forceDestroy: false,
        tags: named(context, args.what),
      },
      { ...parent, protect: args.lockDays !== undefined },
    );
    const bucket = this.bucket.id;
    const blocked = new s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      parent,
    );
    new s3.BucketOwnershipControls(`${name}-owner`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, parent);
    const versioned =
      args.replaced === true
        ? undefined
        : new s3.BucketVersioning(`${name}-versions`, { bucket, versioningConfiguration: { status: "Enabled" } }, parent);
    const after = versioned === undefined ? parent : { ...parent, dependsOn: [versioned] };
    new s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
            bucketKeyEnabled: true,
          },
        ],
      },
      parent,
    );
    if (args.lockDays !== undefined) {
      new s3.BucketObjectLockConfiguration(
        `${name}-lock`,
        { bucket, rule: { defaultRetention: { mode: "COMPLIANCE", days: args.lockDays } } },
        after,
      );
    }
    new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: "old-versions",
            status: "Enabled",
            filter: { prefix: "" },
            ...(args.replaced === true
              ? {}
              : { noncurrentVersionExpiration: { noncurrentDays: Math.max(7, (args.lockDays ?? 0) + 1) } }),
            abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
          },
        ],
      },
      after,
    );
    new s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: this.bucket.arn.apply((arn) => JSON.stringify(tlsOnly(arn))) },
      { ...parent, dependsOn: [blocked] },
    );
    this.registerOutputs({ bucket });
  }
}

function tlsOnly(arn: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
