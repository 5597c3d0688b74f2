import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { AwsHost } from "./aws/aws-host.ts";
import { DebianHost } from "./debian-host.ts";
import { checkStackInput, type StackInput } from "./stack-input.ts";

/** A country's station (or the hub) on the host its site file names. */
export class CountryBundle extends ComponentResource {
  /** Where people reach it. */
  readonly url: string;
  /** What the host said of its health when it was last changed; absent on AWS, where the balancer asks. */
  readonly health: Output<string> | undefined;
  /** The address AWS gave: the balancer's name, or the one machine's address. */
  readonly address: Output<string> | undefined;

  constructor(name: string, input: StackInput, options: ComponentResourceOptions = {}) {
    super("yizhan:index:CountryBundle", name, {}, options);
    checkStackInput(input);
    const { archive, host, target } = input;
    this.url = `https://${input.names.station}`;
    // checkStackInput has seen to it that each kind has what it needs.
    if (target.kind === "debian" && host !== undefined) {
      this.health = new DebianHost(`${name}-host`, { ...input, target, host }, { parent: this }).health;
    } else if (target.kind === "aws" && archive !== undefined) {
      this.address = new AwsHost(`${name}-host`, { ...input, target, archive }, { parent: this }).address;
    }
    this.registerOutputs({ url: this.url });
  }
}
