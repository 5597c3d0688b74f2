import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { credential, handing, nodeEnvironment } from "../node-service.ts";
import { places } from "../places.ts";
import type { Site } from "../site.ts";
import type { Part } from "../types.ts";
import { sandboxOf, unitFile } from "../unit-file.ts";

const unit = "yizhan-carry";
export const carrier = `${unit}.service`;

/** What carries a backup that was proved into a locked bucket. A unit of its own: no other process is given the bucket's credentials. */
export function carriedToBucket(
  { region, site }: Context,
  from: { readonly made: string; readonly user: string; readonly target: Extract<Site["backup"]["target"], { kind: "s3" }> },
): Required<Pick<Part, "files" | "supplied">> {
  const { made, user, target } = from;
  const configuration = `${places.etc}/copies.json`;
  const folder = `${region.code}/`;
  const copies = {
    country: region.code,
    made,
    keep: site.backup.keep,
    replaced: region.role === "station" ? [`${made}/${region.code}.yzk`, `${places.data}/station/tombstones.yzt`] : [],
    place: {
      region: target.region,
      bucket: target.bucket,
      prefix: folder,
      lock: { mode: target.lockMode, days: target.lockDays },
      keys: { bucket: target.keys.bucket, prefix: folder },
      ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
      ...(target.credentials === undefined ? {} : { credentials: credential(unit, "aws") }),
    },
  };
  const credentials = { config: configuration, ...(target.credentials === undefined ? {} : { aws: target.credentials }) };
  return {
    supplied: target.credentials === undefined ? [] : [{ path: target.credentials, mode: 0o400, what: "aws-credentials" }],
    files: [
      jsonFile(configuration, copies),
      unitFile(carrier, {
        Unit: {
          Description: `Carries the newest backup of ${region.code} to its bucket`,
          After: "network-online.target",
          Wants: "network-online.target",
        },
        Service: {
          Type: "oneshot",
          User: user,
          Group: user,
          ...sandboxOf(user),
          WorkingDirectory: places.release,
          Environment: nodeEnvironment(unit),
          LoadCredential: handing(credentials),
          ExecStart: `${places.node} --max-old-space-size=128 --disable-warning=ExperimentalWarning ${places.release}/apps/station/src/backup/bucket/main.ts`,
          // Backups are only read; the program writes nothing here.
          MemoryMax: "384M",
          Nice: 10,
          IOSchedulingClass: "idle",
          TimeoutStartSec: "6h",
          Restart: "on-failure",
          RestartSec: "30min",
        },
      }),
    ],
  };
}
