import type { Output } from "@pulumi/pulumi";
import type { Foundation } from "./aws-host.ts";
import { Balancer } from "./balancer.ts";
import { Database } from "./database.ts";
import { MachineIdentity, type Port, securityGroup } from "./identity.ts";
import { AddressedMachines, MachineGroup } from "./machines.ts";
import { mediaPorts, webPorts } from "./ports.ts";
import { releaseScript } from "./user-data.ts";

/**
 * A nation, as drawn: stations behind a balancer, a database in two zones, bridges and speech workers apart. Each machine
 * still gets the whole bundle, which would make each a station of its own: the kit refuses to carry it out.
 */
export function severalMachines(foundation: Foundation): Output<string> {
  const { name, context, options, keyArn, network, watch } = foundation;
  const { size } = context;
  const { names } = context.input;
  const group = (what: string, description: string, ingress: readonly Port[]) =>
    securityGroup(`${name}-${what}`, context, { vpcId: network.vpc.id, what, description, ingress }, options);
  const front = group("front", "the way in", webPorts);
  const stations = group("stations", "stations, from the balancer only", [
    { protocol: "tcp", from: 443, why: "balancer", source: front },
  ]);

  const database =
    size.database === undefined
      ? undefined
      : new Database(`${name}-database`, { context, size: size.database, network, keyArn, from: stations }, options);
  const password = database?.primary.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? "");
  const identity = new MachineIdentity(
    `${name}-identity`,
    {
      context,
      keyArn,
      backupsArn: foundation.backups.arn,
      keysArn: foundation.keys.arn,
      releaseArn: foundation.releases.arn,
      logsArn: watch.logs.arn,
      secretArns: [foundation.invitation.arn, ...(password === undefined ? [] : [password])],
    },
    options,
  );
  const meet = names.meet === undefined ? [] : [names.meet];
  const { balancer, target } = new Balancer(
    `${name}-balancer`,
    { context, network, group: front, names: [names.station, ...meet], record: foundation.record },
    options,
  );
  const aliases = [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }];
  for (const host of [names.station, ...meet]) foundation.record(`${name}-${host}-name`, { name: host, type: "A", aliases });

  const common = { context, identity, keyArn };
  new MachineGroup(
    `${name}-station`,
    {
      ...common,
      machines: size.station,
      group: stations,
      userData: releaseScript(foundation),
      what: "station",
      subnets: network.closed,
      target,
    },
    options,
  );
  if (size.speech !== undefined) {
    const workers = group("speech", "speech workers, from stations and bridges only", [
      { protocol: "tcp", from: 4811, why: "stations and bridges", source: stations },
    ]);
    new MachineGroup(
      `${name}-speech`,
      {
        ...common,
        machines: size.speech,
        group: workers,
        userData: releaseScript(foundation),
        what: "speech",
        subnets: network.closed,
      },
      options,
    );
  }
  if (size.media !== undefined) {
    const bridges = group("media", "calls: bridges and TURN", mediaPorts);
    const { addresses } = new AddressedMachines(
      `${name}-media`,
      {
        ...common,
        machines: size.media,
        group: bridges,
        userData: releaseScript(foundation),
        what: "media",
        subnets: network.open,
        keep: false,
      },
      options,
    );
    if (names.turn !== undefined) {
      foundation.record(`${name}-turn-name`, {
        name: names.turn,
        type: "A",
        ttl: 300,
        records: addresses.map((one) => one.publicIp),
      });
    }
  }
  alarms(foundation, { balancer: balancer.arnSuffix, target: target.arnSuffix, database: database?.primary.identifier });
  return balancer.dnsName;
}

function alarms(
  { watch }: Foundation,
  watched: { balancer: Output<string>; target: Output<string>; database: Output<string> | undefined },
): void {
  watch.alarm("stations-unhealthy", {
    namespace: "AWS/ApplicationELB",
    metricName: "UnHealthyHostCount",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    dimensions: { LoadBalancer: watched.balancer, TargetGroup: watched.target },
  });
  if (watched.database === undefined) return;
  watch.alarm("database-disk", {
    namespace: "AWS/RDS",
    metricName: "FreeStorageSpace",
    statistic: "Minimum",
    comparisonOperator: "LessThanThreshold",
    threshold: 10 * 1024 ** 3,
    dimensions: { DBInstanceIdentifier: watched.database },
  });
  watch.alarm("database-processor", {
    namespace: "AWS/RDS",
    metricName: "CPUUtilization",
    statistic: "Average",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 90,
    dimensions: { DBInstanceIdentifier: watched.database },
  });
}
