import { ec2, getAvailabilityZonesOutput } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { type AwsContext, named } from "./context.ts";
import { subnetBlocks, vpcBlock } from "./subnets.ts";

/** What the managed side of a machine talks to, kept inside the network where there is a closed part. */
const endpoints = ["ssm", "ssmmessages", "ec2messages", "kms", "logs", "monitoring", "secretsmanager"] as const;

export class Network extends ComponentResource {
  readonly vpc: ec2.Vpc;
  readonly open: readonly ec2.Subnet[];
  readonly closed: readonly ec2.Subnet[];
  readonly #name: string;
  readonly #context: AwsContext;

  constructor(name: string, context: AwsContext, options: ComponentResourceOptions) {
    super("yizhan:aws:Network", name, {}, options);
    this.#name = name;
    this.#context = context;
    const parent = { parent: this };
    this.vpc = new ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: vpcBlock, enableDnsSupport: true, enableDnsHostnames: true, tags: named(context, "vpc") },
      parent,
    );
    const vpcId = this.vpc.id;
    // The group that AWS makes by itself lets everything through: emptied.
    new ec2.DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId, ingress: [], egress: [], tags: named(context, "unused") },
      parent,
    );
    const zones = getAvailabilityZonesOutput({ state: "available" }, parent).names;
    const blocks = subnetBlocks(context.size.zones);
    this.open = blocks.open.map((block, index) => this.#subnet("open", index, block, zones));
    this.closed = blocks.closed.map((block, index) => this.#subnet("closed", index, block, zones));

    const gateway = new ec2.InternetGateway(`${name}-gateway`, { vpcId, tags: named(context, "gateway") }, parent);
    const out = this.#table("open", { gatewayId: gateway.id });
    this.#associate("open", this.open, () => out);
    const nats = this.open.slice(0, context.size.nats).map((subnet, index) => this.#nat(subnet, index, gateway));
    const tables =
      nats.length === 0
        ? [this.#table("closed")]
        : nats.map((nat, index) => this.#table(`closed-${index}`, { natGatewayId: nat.id }));
    this.#associate("closed", this.closed, (index) => tables[index % tables.length] ?? out);
    new ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId,
        serviceName: this.#service("s3"),
        vpcEndpointType: "Gateway",
        routeTableIds: [out, ...tables].map((table) => table.id),
        tags: named(context, "s3"),
      },
      parent,
    );
    if (context.size.nats > 0) this.#endpoints();
    this.registerOutputs({ vpcId });
  }

  #subnet(kind: "open" | "closed", index: number, cidrBlock: string, zones: Output<string[]>): ec2.Subnet {
    return new ec2.Subnet(
      `${this.#name}-${kind}-${index}`,
      {
        vpcId: this.vpc.id,
        cidrBlock,
        availabilityZone: zones.apply((names) => names[index % Math.max(1, names.length)] ?? ""),
        // An address is given by name (an elastic one), never by accident.
        mapPublicIpOnLaunch: false,
        tags: named(this.#context, `${kind}-${index}`),
      },
      { parent: this },
    );
  }

  #table(kind: string, way?: { gatewayId: Input<string> } | { natGatewayId: Input<string> }): ec2.RouteTable {
    const table = new ec2.RouteTable(
      `${this.#name}-${kind}-routes`,
      { vpcId: this.vpc.id, tags: named(this.#context, kind) },
      { parent: this },
    );
    if (way !== undefined) {
      new ec2.Route(
        `${this.#name}-${kind}-out`,
        { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...way },
        { parent: this },
      );
    }
    return table;
  }

  #associate(kind: string, subnets: readonly ec2.Subnet[], table: (index: number) => ec2.RouteTable): void {
    for (const [index, subnet] of subnets.entries()) {
      new ec2.RouteTableAssociation(
        `${this.#name}-${kind}-${index}`,
        { subnetId: subnet.id, routeTableId: table(index).id },
        { parent: this },
      );
    }
  }

  #nat(subnet: ec2.Subnet, index: number, gateway: ec2.InternetGateway): ec2.NatGateway {
    const tags = named(this.#context, `nat-${index}`);
    const address = new ec2.Eip(`${this.#name}-nat-${index}-address`, { domain: "vpc", tags }, { parent: this });
    return new ec2.NatGateway(
      `${this.#name}-nat-${index}`,
      { subnetId: subnet.id, allocationId: address.id, tags },
      { parent: this, dependsOn: [gateway] },
    );
  }

  #service(service: string): string {
    const china = this.#context.partition === "aws-cn" && service !== "s3" ? "cn.com.amazonaws" : "com.amazonaws";
    return `${china}.${this.#context.region}.${service}`;
  }

  #endpoints(): void {
    const group = new ec2.SecurityGroup(
      `${this.#name}-endpoints`,
      {
        vpcId: this.vpc.id,
        description: "AWS's own services, from inside",
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [vpcBlock], description: "HTTPS from inside" }],
        egress: [],
        tags: named(this.#context, "endpoints"),
      },
      { parent: this },
    );
    for (const service of endpoints) {
      new ec2.VpcEndpoint(
        `${this.#name}-${service}`,
        {
          vpcId: this.vpc.id,
          serviceName: this.#service(service),
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: this.closed.map((subnet) => subnet.id),
          securityGroupIds: [group.id],
          tags: named(this.#context, service),
        },
        { parent: this },
      );
    }
  }
}
