import { acm, type ec2, lb, type route53 } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";
import type { Network } from "./network.ts";

export interface BalancerArgs {
  readonly context: AwsContext;
  readonly network: Network;
  readonly group: ec2.SecurityGroup;
  /** The certificate's names: station and meeting. */
  readonly names: readonly string[];
  readonly record: (name: string, args: Omit<route53.RecordArgs, "zoneId">) => route53.Record;
}

/** TLS ends here with a certificate of the same region; towards the machines it is TLS again. */
export class Balancer extends ComponentResource {
  readonly balancer: lb.LoadBalancer;
  readonly target: lb.TargetGroup;

  constructor(name: string, args: BalancerArgs, options: ComponentResourceOptions) {
    super("yizhan:aws:Balancer", name, {}, options);
    const { context, network } = args;
    const parent = { parent: this };
    const [domainName = "", ...subjectAlternativeNames] = args.names;
    const certificate = new acm.Certificate(
      `${name}-certificate`,
      { domainName, subjectAlternativeNames, validationMethod: "DNS", tags: named(context, "station") },
      parent,
    );
    const proofs = args.names.map((_, index) => {
      const option = certificate.domainValidationOptions.apply((found) => found[index]);
      const field = (key: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue") =>
        option.apply((one) => one?.[key] ?? "");
      return args.record(`${name}-proof-${index}`, {
        name: field("resourceRecordName"),
        type: field("resourceRecordType"),
        records: [field("resourceRecordValue")],
        ttl: 300,
        allowOverwrite: true,
      });
    });
    const valid = new acm.CertificateValidation(
      `${name}-valid`,
      { certificateArn: certificate.arn, validationRecordFqdns: proofs.map((proof) => proof.fqdn) },
      parent,
    );
    this.balancer = new lb.LoadBalancer(
      `${name}-balancer`,
      {
        loadBalancerType: "application",
        internal: false,
        subnets: network.open.map((subnet) => subnet.id),
        securityGroups: [args.group.id],
        enableDeletionProtection: true,
        dropInvalidHeaderFields: true,
        // A live event stream is quiet for minutes.
        idleTimeout: 600,
        tags: named(context, "balancer"),
      },
      { ...parent, protect: true },
    );
    this.target = new lb.TargetGroup(
      `${name}-target`,
      {
        vpcId: network.vpc.id,
        port: 443,
        protocol: "HTTPS",
        targetType: "instance",
        deregistrationDelay: 60,
        healthCheck: {
          path: "/healthz",
          protocol: "HTTPS",
          matcher: "200",
          interval: 15,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
        tags: named(context, "stations"),
      },
      parent,
    );
    new lb.Listener(
      `${name}-tls`,
      {
        loadBalancerArn: this.balancer.arn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificateArn: valid.certificateArn,
        defaultActions: [{ type: "forward", targetGroupArn: this.target.arn }],
        tags: named(context, "tls"),
      },
      parent,
    );
    new lb.Listener(
      `${name}-redirect`,
      {
        loadBalancerArn: this.balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
        tags: named(context, "redirect"),
      },
      parent,
    );
    this.registerOutputs({ name: this.balancer.dnsName });
  }
}
