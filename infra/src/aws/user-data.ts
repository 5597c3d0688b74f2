import { all, type Output } from "@pulumi/pulumi";
import type { Foundation } from "./aws-host.ts";
import type { AwsContext } from "./context.ts";

export interface UserData {
  readonly context: AwsContext;
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
  readonly fingerprint: string;
}

/**
 * What a machine does at its first start: the session manager's agent, the signed archive from the stack's own
 * bucket, its sum compared, then the same installer as on any Debian host. No secret is in it.
 */
export function userData({ context, bucket, key, sha256, fingerprint }: UserData): string {
  const { region, dnsSuffix } = context;
  return `#!/bin/sh
set -eu
umask 077
export DEBIAN_FRONTEND=noninteractive AWS_DEFAULT_REGION=${region}
apt-get update -qq
apt-get install -y -qq --no-install-recommends awscli ca-certificates curl
curl -fsS -o /root/agent.deb https://s3.${region}.${dnsSuffix}/amazon-ssm-${region}/latest/debian_amd64/amazon-ssm-agent.deb
dpkg -i /root/agent.deb
systemctl enable --now amazon-ssm-agent
systemctl disable --now ssh.service ssh.socket 2>/dev/null || true
install -d -m 700 /var/lib/yizhan/archive
cd /var/lib/yizhan/archive
aws s3 cp --only-show-errors s3://${bucket}/${key} station.yizhan
echo "${sha256}  station.yizhan" | sha256sum --check --quiet
tar -xOf station.yizhan yizhan-host > yizhan-host
sh yizhan-host apply --archive station.yizhan --fingerprint ${fingerprint}
`;
}

/** The script, once the bucket has its name. */
export function releaseScript({ context, archive }: Foundation): Output<string> {
  const { sha256, fingerprint } = context.input.archive;
  return all([archive.bucket, archive.key]).apply(([bucket, key]) => userData({ context, bucket, key, sha256, fingerprint }));
}
