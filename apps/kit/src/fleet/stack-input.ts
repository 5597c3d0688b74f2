import type { StackInput } from "@yizhan/infra";
import type { Prepared } from "./release-tools.ts";
import { quoted } from "./host-verb.ts";
import { sitePath } from "./site.ts";
import type { Station } from "./stations.ts";

/** The line that makes a host what its inbox says; the same for a first and for every later time. */
export const applyInbox = (fingerprint: string): string =>
  `sh /var/lib/yizhan/host/inbox/yizhan-host apply --inbox --fingerprint ${quoted(fingerprint)} --json`;

/** What the Pulumi program is given for a country: it decides nothing of what a host becomes. */
export function stackInput(fleet: string, { country, region, site }: Station, prepared: Prepared): StackInput {
  const { target } = site;
  return {
    country,
    role: region.role,
    size: site.size,
    release: prepared.release,
    target:
      target.kind === "aws"
        ? target
        : {
            kind: "debian",
            host: target.host,
            port: target.port,
            user: target.user,
            hostKey: target.hostKey,
            ...(target.identity === undefined ? {} : { identity: sitePath(fleet, target.identity) }),
          },
    names: site.names,
    digest: prepared.digest,
    host: {
      inbox: prepared.inbox,
      apply: applyInbox(prepared.fingerprint),
      health: "/usr/local/sbin/yizhan-host status --json",
      destroy: "if [ -x /usr/local/sbin/yizhan-host ]; then /usr/local/sbin/yizhan-host destroy --json; fi",
    },
    ...(prepared.archive === undefined ? {} : { archive: { ...prepared.archive, fingerprint: prepared.fingerprint } }),
    allowedRegions: region.hosting.flatMap((one) => (one.kind === "aws" && one.region !== undefined ? [one.region] : [])),
    alerts: site.alerts.email === undefined ? {} : { email: site.alerts.email },
    // What the bucket keeps each backup for, whoever asks it to forget.
    backupDays: site.backup.target.kind === "s3" ? site.backup.target.lockDays : site.backup.keep,
  };
}
