import { Provider, type ProviderArgs, route53, s3, secretsmanager } from "@pulumi/aws";
import { asset, ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Archive, AwsTarget, StackInput } from "../stack-input.ts";
import { SealedBucket } from "./bucket.ts";
import { type AwsContext, named, partitionOf } from "./context.ts";
import { StackKey } from "./keys.ts";
import { Network } from "./network.ts";
import { oneMachine } from "./one-machine.ts";
import { severalMachines } from "./several-machines.ts";
import { awsSizes } from "./sizes.ts";
import { Watch } from "./watch.ts";

export interface AwsHostArgs extends StackInput {
  readonly target: AwsTarget;
  readonly archive: Archive;
}

/** What the machines stand on, whatever their number. */
export interface Foundation {
  readonly name: string;
  readonly context: AwsContext;
  readonly options: ComponentResourceOptions;
  readonly keyArn: Output<string>;
  readonly network: Network;
  readonly watch: Watch;
  readonly backups: s3.Bucket;
  /** The copy of the key store: apart from the backups that it opens, and not locked. */
  readonly keys: s3.Bucket;
  readonly releases: s3.Bucket;
  readonly archive: s3.BucketObjectv2;
  readonly invitation: secretsmanager.Secret;
  record(name: string, args: Omit<route53.RecordArgs, "zoneId">): route53.Record;
}

/** A station in one AWS region and one account: nothing of it is made elsewhere, logs and certificates included. */
export class AwsHost extends ComponentResource {
  /** The balancer's name, or the one machine's address. */
  readonly address: Output<string>;

  constructor(name: string, args: AwsHostArgs, options: ComponentResourceOptions = {}) {
    super("yizhan:index:AwsHost", name, {}, options);
    const context = contextOf(name, args, this);
    const here = { parent: this, provider: context.provider };
    const { key } = new StackKey(`${name}-key`, context, here);
    const keyArn = key.arn;
    const backups = new SealedBucket(`${name}-backups`, { context, what: "backups", keyArn, lockDays: args.backupDays }, here);
    const keys = new SealedBucket(`${name}-keys`, { context, what: "keys", keyArn, replaced: true }, here);
    const releases = new SealedBucket(`${name}-releases`, { context, what: "release", keyArn }, here);
    const zone = new route53.Zone(
      `${name}-zone`,
      { name: args.names.station, comment: "Yizhan", tags: named(context, "zone") },
      here,
    );
    const foundation: Foundation = {
      name,
      context,
      options: here,
      keyArn,
      network: new Network(`${name}-network`, context, here),
      watch: new Watch(`${name}-watch`, { context, keyArn }, here),
      backups: backups.bucket,
      keys: keys.bucket,
      releases: releases.bucket,
      archive: new s3.BucketObjectv2(
        `${name}-archive`,
        {
          bucket: releases.bucket.id,
          key: `${args.release}-${args.archive.sha256.slice(0, 16)}.yizhan`,
          source: new asset.FileAsset(args.archive.file),
          kmsKeyId: keyArn,
          serverSideEncryption: "aws:kms",
          tags: named(context, "release"),
        },
        here,
      ),
      // Its value is put in by the operator, through the session manager: no state file ever holds it.
      invitation: new secretsmanager.Secret(
        `${name}-invitation`,
        {
          name: `yizhan/${context.name}/invitation`,
          kmsKeyId: keyArn,
          recoveryWindowInDays: 30,
          tags: named(context, "invitation"),
        },
        here,
      ),
      record: (recordName, recordArgs) => new route53.Record(recordName, { zoneId: zone.zoneId, ...recordArgs }, here),
    };
    this.address = context.size.balancer ? severalMachines(foundation) : oneMachine(foundation);
    this.registerOutputs({ address: this.address });
  }
}

function contextOf(name: string, args: AwsHostArgs, parent: AwsHost): AwsContext {
  const { account } = args.target;
  const region = args.target.region as AwsContext["region"];
  const tags = {
    "yizhan:country": args.country,
    "yizhan:role": args.role,
    "yizhan:size": args.size,
    "yizhan:managed-by": "pulumi",
  };
  const settings: ProviderArgs = { region, allowedAccountIds: [account], defaultTags: { tags } };
  const provider = new Provider(`${name}-provider`, settings, { parent });
  const size = awsSizes[args.size];
  return { name: args.country.toLowerCase(), input: args, size, provider, region, account, ...partitionOf(region), tags };
}
