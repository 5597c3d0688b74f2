import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { credential, handing, nodeEnvironment } from "../node-service.ts";
import { places } from "../places.ts";
import type { Site } from "../site.ts";
import type { BundleFile, Part } from "../types.ts";
import { sandbox, type Section, unitFile } from "../unit-file.ts";

export const carrier = "yizhan-carry.service";
/** Which backup is to come back, as the installer writes it, and what the program answered. */
const wanted = `${places.data}/host/restore/copy`;
const answer = `${places.data}/host/restore/fetched`;

type Bucket = Extract<Site["backup"]["target"], { kind: "s3" }>;

/**
 * What carries a backup that was proved into a locked bucket, and what brings one back before a restore. Units of their own:
 * no other process is given the bucket's credentials.
 */
export function carriedToBucket(
  { region, site }: Context,
  from: { readonly made: string; readonly user: string; readonly target: Bucket },
): Required<Pick<Part, "files" | "supplied">> {
  const { made, user, target } = from;
  const folder = `${region.code}/`;
  const program = `${places.node} --max-old-space-size=128 --disable-warning=ExperimentalWarning ${places.release}/apps/station/src/backup/bucket/main.ts`;
  const handed = target.credentials === undefined ? {} : { aws: target.credentials };
  const copies = (unit: string) => ({
    country: region.code,
    made,
    keep: site.backup.keep,
    replaced: [`${made}/${region.code}.yzk`, `${places.data}/${region.role}/tombstones.yzt`],
    place: {
      region: target.region,
      bucket: target.bucket,
      prefix: folder,
      lock: { mode: target.lockMode, days: target.lockDays },
      keys: { bucket: target.keys.bucket, prefix: folder },
      ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
      ...(target.credentials === undefined ? {} : { credentials: credential(unit, "aws") }),
    },
  });
  const files = (name: string, configuration: string, about: string, service: Section): BundleFile[] => [
    jsonFile(configuration, copies(name)),
    unitFile(`${name}.service`, {
      Unit: { Description: about, After: "network-online.target", Wants: "network-online.target" },
      Service: {
        Type: "oneshot",
        User: user,
        Group: user,
        ...sandbox,
        WorkingDirectory: places.release,
        Environment: nodeEnvironment(name),
        MemoryMax: "384M",
        TimeoutStartSec: "6h",
        ...service,
      },
    }),
  ];
  const outward = `${places.etc}/copies.json`;
  const homeward = `${places.etc}/copies-back.json`;
  return {
    supplied: target.credentials === undefined ? [] : [{ path: target.credentials, mode: 0o400, what: "aws-credentials" }],
    files: [
      ...files("yizhan-carry", outward, `Carries the newest backup of ${region.code} to its bucket`, {
        LoadCredential: handing({ config: outward, ...handed }),
        // Backups are only read; the program writes nothing here.
        ExecStart: program,
        Nice: 10,
        IOSchedulingClass: "idle",
        Restart: "on-failure",
        RestartSec: "30min",
      }),
      ...files("yizhan-fetch", homeward, `Brings a backup of ${region.code} back from its bucket`, {
        LoadCredential: [...handing({ config: homeward, ...handed }), `copy:${wanted}`],
        ExecStart: `/bin/sh -c 'exec ${program} fetch "$$(cat "$$CREDENTIALS_DIRECTORY/copy")" ${places.data}/${region.role}/fetched'`,
        StandardOutput: `truncate:${answer}`,
        ReadWritePaths: `${places.data}/${region.role}`,
      }),
    ],
  };
}
