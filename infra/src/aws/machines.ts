import { autoscaling, ec2, type lb } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";
import type { MachineIdentity } from "./identity.ts";
import type { Machines } from "./sizes.ts";

export interface MachinesArgs {
  readonly context: AwsContext;
  readonly machines: Machines;
  readonly identity: MachineIdentity;
  readonly keyArn: Output<string>;
  readonly group: ec2.SecurityGroup;
  readonly userData: Output<string>;
  readonly what: string;
}

/** How every machine of a part is made: Debian 12, IMDSv2 only, an encrypted disk, no key for SSH. */
export function launchTemplate(name: string, args: MachinesArgs, options: ComponentResourceOptions): ec2.LaunchTemplate {
  const { context, machines } = args;
  const tags = named(context, args.what);
  return new ec2.LaunchTemplate(
    `${name}-template`,
    {
      // Looked up by AWS at each start, in the region: Debian's own image, as Debian publishes it.
      imageId: "resolve:ssm:/aws/service/debian/release/12/latest/amd64",
      instanceType: machines.type,
      updateDefaultVersion: true,
      iamInstanceProfile: { arn: args.identity.profile.arn },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: machines.diskGib,
            volumeType: "gp3",
            encrypted: "true",
            kmsKeyId: args.keyArn,
            deleteOnTermination: machines.count === 1 && args.what === "station" ? "false" : "true",
          },
        },
      ],
      vpcSecurityGroupIds: [args.group.id],
      monitoring: { enabled: true },
      userData: args.userData.apply((text) => Buffer.from(text).toString("base64")),
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      tags,
    },
    options,
  );
}

/** Machines behind the balancer or with workers' tasks: replaced by AWS when they fail, one after the other when the release changes. */
export class MachineGroup extends ComponentResource {
  readonly group: autoscaling.Group;

  constructor(
    name: string,
    args: MachinesArgs & { subnets: readonly ec2.Subnet[]; target?: lb.TargetGroup },
    options: ComponentResourceOptions,
  ) {
    super("yizhan:aws:MachineGroup", name, {}, options);
    const template = launchTemplate(name, args, { parent: this });
    const { count } = args.machines;
    this.group = new autoscaling.Group(
      `${name}-group`,
      {
        minSize: count,
        maxSize: count * 2,
        desiredCapacity: count,
        vpcZoneIdentifiers: args.subnets.map((subnet) => subnet.id),
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        healthCheckType: args.target === undefined ? "EC2" : "ELB",
        healthCheckGracePeriod: 900,
        ...(args.target === undefined ? {} : { targetGroupArns: [args.target.arn] }),
        instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: count > 1 ? 50 : 0, autoRollback: true } },
        tags: Object.entries(named(args.context, args.what)).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      { parent: this },
    );
    this.registerOutputs({ group: this.group.name });
  }
}

/** Machines with an address of their own: a clinic's one machine, Jitsi's bridges and TURN. */
export class AddressedMachines extends ComponentResource {
  readonly instances: readonly ec2.Instance[];
  readonly addresses: readonly ec2.Eip[];

  constructor(
    name: string,
    args: MachinesArgs & { subnets: readonly ec2.Subnet[]; keep: boolean },
    options: ComponentResourceOptions,
  ) {
    super("yizhan:aws:AddressedMachines", name, {}, options);
    const template = launchTemplate(name, args, { parent: this });
    const each = Array.from({ length: args.machines.count }, (_, index) => index);
    this.instances = each.map(
      (index) =>
        new ec2.Instance(
          `${name}-${index}`,
          {
            launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
            ...subnetOf(args.subnets, index),
            // A machine that holds the records is not ended by mistake.
            disableApiTermination: args.keep,
            ebsOptimized: true,
            // Said here too, so that it holds whatever the template becomes.
            metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
            tags: named(args.context, `${args.what}-${index}`),
          },
          // A newer template is for the next machine; a new release reaches this one through the installer.
          args.keep ? { parent: this, protect: true, ignoreChanges: ["launchTemplate"] } : { parent: this },
        ),
    );
    this.addresses = this.instances.map(
      (instance, index) =>
        new ec2.Eip(
          `${name}-${index}-address`,
          { domain: "vpc", instance: instance.id, tags: named(args.context, `${args.what}-${index}`) },
          { parent: this },
        ),
    );
    this.registerOutputs({ addresses: this.addresses.map((address) => address.publicIp) });
  }
}

function subnetOf(subnets: readonly ec2.Subnet[], index: number): { subnetId?: Output<string> } {
  const subnet = subnets[index % subnets.length];
  return subnet === undefined ? {} : { subnetId: subnet.id };
}
