import { ec2, rds } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";
import type { Network } from "./network.ts";
import type { DatabaseSize } from "./sizes.ts";

export interface DatabaseArgs {
  readonly context: AwsContext;
  readonly size: DatabaseSize;
  readonly network: Network;
  readonly keyArn: Output<string>;
  /** The only group that may connect. */
  readonly from: ec2.SecurityGroup;
}

/** PostgreSQL in two zones, read replicas where the size has them. Its master password is made by AWS and kept in Secrets Manager: no state file ever holds it. */
export class Database extends ComponentResource {
  readonly primary: rds.Instance;
  readonly replicas: readonly rds.Instance[];

  constructor(name: string, args: DatabaseArgs, options: ComponentResourceOptions) {
    super("yizhan:aws:Database", name, {}, options);
    const { context, network, size } = args;
    const parent = { parent: this };
    const group = new ec2.SecurityGroup(
      `${name}-group`,
      {
        vpcId: network.vpc.id,
        description: "PostgreSQL, from the stations only",
        ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: [args.from.id], description: "stations" }],
        egress: [],
        tags: named(context, "database"),
      },
      parent,
    );
    const subnets = new rds.SubnetGroup(
      `${name}-subnets`,
      { subnetIds: network.closed.map((subnet) => subnet.id), tags: named(context, "database") },
      parent,
    );
    const parameters = new rds.ParameterGroup(
      `${name}-parameters`,
      {
        family: "postgres17",
        parameters: [
          { name: "rds.force_ssl", value: "1" },
          // A statement could carry what a patient said: only its length of time is logged, never its text.
          { name: "log_statement", value: "none" },
          { name: "log_min_duration_statement", value: "-1" },
          { name: "log_parameter_max_length", value: "0" },
          { name: "log_parameter_max_length_on_error", value: "0" },
        ],
        tags: named(context, "database"),
      },
      parent,
    );
    const common = {
      instanceClass: size.type,
      storageEncrypted: true,
      kmsKeyId: args.keyArn,
      publiclyAccessible: false,
      vpcSecurityGroupIds: [group.id],
      parameterGroupName: parameters.name,
      deletionProtection: true,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      applyImmediately: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      performanceInsightsEnabled: false,
      iamDatabaseAuthenticationEnabled: false,
    };
    this.primary = new rds.Instance(
      `${name}-primary`,
      {
        ...common,
        engine: "postgres",
        engineVersion: "17",
        dbName: "yizhan",
        username: "yizhan",
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.keyArn,
        dbSubnetGroupName: subnets.name,
        storageType: "gp3",
        allocatedStorage: size.diskGib,
        maxAllocatedStorage: size.maximumGib,
        multiAz: true,
        backupRetentionPeriod: Math.min(35, Math.max(7, context.input.backupDays)),
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `yizhan-${context.name}-final`,
        tags: named(context, "database"),
      },
      { ...parent, protect: true },
    );
    this.replicas = Array.from(
      { length: size.replicas },
      (_, index) =>
        new rds.Instance(
          `${name}-replica-${index}`,
          {
            ...common,
            replicateSourceDb: this.primary.identifier,
            backupRetentionPeriod: 0,
            skipFinalSnapshot: true,
            tags: named(context, `replica-${index}`),
          },
          parent,
        ),
    );
    this.registerOutputs({ endpoint: this.primary.endpoint });
  }
}
