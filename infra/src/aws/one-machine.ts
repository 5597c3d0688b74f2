import { dlm, iam } from "@pulumi/aws";
import { type Output, output } from "@pulumi/pulumi";
import type { Foundation } from "./aws-host.ts";
import { named } from "./context.ts";
import { MachineIdentity, securityGroup } from "./identity.ts";
import { AddressedMachines } from "./machines.ts";
import { mediaPorts, webPorts } from "./ports.ts";
import { releaseScript } from "./user-data.ts";

/** A clinic or a district: one machine with all of it, its database too; its disk is copied every night. */
export function oneMachine(foundation: Foundation): Output<string> {
  const { name, context, options, keyArn, network, watch } = foundation;
  const group = securityGroup(
    `${name}-front`,
    context,
    { vpcId: network.vpc.id, what: "front", description: "the way in", ingress: [...webPorts, ...mediaPorts] },
    options,
  );
  const identity = new MachineIdentity(
    `${name}-identity`,
    {
      context,
      keyArn,
      backupsArn: foundation.backups.arn,
      keysArn: foundation.keys.arn,
      releaseArn: foundation.releases.arn,
      logsArn: watch.logs.arn,
      secretArns: [foundation.invitation.arn],
    },
    options,
  );
  const { instances, addresses } = new AddressedMachines(
    `${name}-machine`,
    {
      context,
      machines: context.size.station,
      identity,
      keyArn,
      group,
      userData: releaseScript(foundation),
      what: "station",
      subnets: network.open,
      keep: true,
    },
    options,
  );
  const address = addresses[0]?.publicIp ?? output("");
  for (const [what, host] of Object.entries(context.input.names)) {
    foundation.record(`${name}-${what}-name`, { name: host, type: "A", ttl: 300, records: [address] });
  }
  for (const [index, instance] of instances.entries()) {
    watch.alarm(`machine-${index}`, {
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed",
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      dimensions: { InstanceId: instance.id },
    });
  }
  nightlyCopies(foundation);
  return address;
}

/** Copies of the disk, in the region, sealed with the same key as the disk; the station's own sealed backups go beside them. */
function nightlyCopies({ name, context, options }: Foundation): void {
  const role = new iam.Role(
    `${name}-copies-role`,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: `dlm.${context.dnsSuffix}` }, Action: "sts:AssumeRole" }],
      }),
      tags: named(context, "copies"),
    },
    options,
  );
  new iam.RolePolicyAttachment(
    `${name}-copies-policy`,
    { role: role.name, policyArn: `arn:${context.partition}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole` },
    options,
  );
  new dlm.LifecyclePolicy(
    `${name}-copies`,
    {
      description: "Nightly copies of the station's disk",
      executionRoleArn: role.arn,
      state: "ENABLED",
      policyDetails: {
        resourceTypes: ["VOLUME"],
        targetTags: { "yizhan:country": context.input.country },
        schedules: [
          {
            name: "nightly",
            createRule: { interval: 24, intervalUnit: "HOURS", times: "01:30" },
            retainRule: { count: Math.max(7, context.input.backupDays) },
            copyTags: true,
          },
        ],
      },
      tags: named(context, "copies"),
    },
    options,
  );
}
