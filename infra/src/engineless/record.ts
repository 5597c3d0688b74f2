import type { StackInput } from "../stack-input.ts";
import { type Asked, runEngineless } from "./run.ts";

/** What the program would make, in its own order; nothing is made. */
export async function recordProgram(input: StackInput): Promise<Asked[]> {
  const asked: Asked[] = [];
  await runEngineless(input, (one) => {
    asked.push(one);
    return Promise.resolve(recordedOutputs(one));
  });
  return asked;
}

/** Outputs that the program reads and AWS would give. */
function recordedOutputs({ type, name }: Asked): Record<string, unknown> {
  const arn = `arn:recorded:${name}`;
  switch (type) {
    case "aws:rds/instance:Instance":
      return { arn, identifier: name, endpoint: `${name}:5432`, masterUserSecrets: [{ secretArn: `${arn}-secret` }] };
    case "aws:acm/certificate:Certificate":
      return {
        arn,
        domainValidationOptions: ["station", "meet"].map((what) => ({
          resourceRecordName: `_proof.${what}`,
          resourceRecordType: "CNAME",
          resourceRecordValue: `proof.${what}`,
        })),
      };
    case "command:remote:Command":
      return { stdout: "", stderr: "" };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { arn, latestVersion: 1 };
    default:
      return { arn, dnsName: `${name}.recorded`, zoneId: "Z0", publicIp: "192.0.2.1", arnSuffix: name, fqdn: `${name}.recorded` };
  }
}
