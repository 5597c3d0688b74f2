import type { Provider } from "@pulumi/aws";
import type { Archive, AwsTarget, StackInput } from "../stack-input.ts";
import type { AwsSize } from "./sizes.ts";

/** What every part of an AWS host is given. */
export interface AwsContext {
  /** `mz`: the first word of every name. */
  readonly name: string;
  readonly input: StackInput & { readonly target: AwsTarget; readonly archive: Archive };
  readonly size: AwsSize;
  readonly provider: Provider;
  readonly region: string;
  readonly account: string;
  /** `aws`, or `aws-cn` in China, whose ARNs and endpoints are apart. */
  readonly partition: string;
  readonly dnsSuffix: string;
  /** On everything, beside the `Name` of each. */
  readonly tags: Readonly<Record<string, string>>;
}

export function partitionOf(region: string): { partition: string; dnsSuffix: string } {
  return region.startsWith("cn-")
    ? { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn" }
    : { partition: "aws", dnsSuffix: "amazonaws.com" };
}

export function named(context: AwsContext, what: string): { Name: string } & Record<string, string> {
  return { ...context.tags, Name: `yizhan-${context.name}-${what}` };
}
