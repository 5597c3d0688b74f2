import type { Context } from "../context.ts";
import { file, jsonFile, lines } from "../file.ts";
import { handing, nodeEnvironment } from "../node-service.ts";
import { agentUser, hubBackups, places } from "../places.ts";
import type { Part } from "../types.ts";
import { sandbox, type Section, unitFile } from "../unit-file.ts";
import { carriedToBucket, carrier } from "./carry.ts";
import { serverConfig, serverCredentials } from "./server.ts";
import { typedRoot } from "./unseal.ts";

const unit = "yizhan-backup";
const script = `${places.scripts}/backup-out`;

/**
 * A backup every night, in the country's own time. The station's program, or the hub's, seals it and proves it by restoring
 * it to a scratch place before it counts; then it is carried to where the site wants it.
 */
export function backupPart(context: Context): Part {
  const { region, site } = context;
  const app = region.role;
  const user = `yizhan-${app}`;
  const { target, keep, at, keys } = site.backup;
  const made = app === "hub" ? hubBackups : `${places.data}/station/backups`;
  const copies = target.kind === "directory" ? target.path : undefined;
  const timeZone = region.timeZones[0] ?? "UTC";
  const configuration = `${places.etc}/backup.json`;
  const credentials = { config: configuration, ...serverCredentials(context) };
  const request = { do: "backup", keep, ...(app === "hub" ? { folder: made } : {}) };
  const service: Section = {
    WorkingDirectory: places.release,
    Environment: nodeEnvironment(unit),
    LoadCredential: handing(credentials),
    ExecStart: [
      `${places.node} --disable-warning=ExperimentalWarning ${places.release}/apps/${app}/src/backup/main.ts '${JSON.stringify(request)}'`,
      ...(target.kind === "s3" ? [] : [script]),
    ],
    MemoryMax: "1G",
    ReadWritePaths: [
      `${places.data}/${app}`,
      ...[app === "hub" ? made : undefined, copies, keys].filter((path) => path !== undefined),
    ],
  };
  const bucket = target.kind === "s3" ? carriedToBucket(context, { made, user, target }) : undefined;
  return {
    supplied: bucket?.supplied ?? [],
    directories: [
      ...(copies === undefined ? [] : [{ path: copies, mode: 0o750, owner: user, group: agentUser }]),
      ...(keys !== undefined ? [{ path: keys, mode: 0o700, owner: user, group: user }] : []),
      ...(app === "hub" ? [{ path: made, mode: 0o750, owner: user, group: agentUser }] : []),
    ],
    files: [
      jsonFile(configuration, serverConfig(context, unit)),
      ...(target.kind === "s3"
        ? []
        : [file(script, carryOut({ app, made, keep, path: target.path, keys, country: region.code }), { mode: 0o755 })]),
      ...(bucket?.files ?? []),
      unitFile(`${unit}.service`, {
        Unit: {
          Description: `Backs ${region.code} up and proves it by restoring`,
          After: "postgresql@15-main.service postgresql@15-keys.service",
          ConditionPathExists: typedRoot(site),
          ...(bucket === undefined ? {} : { OnSuccess: carrier }),
        },
        Service: {
          Type: "oneshot",
          User: user,
          Group: user,
          ...sandbox,
          Nice: 10,
          IOSchedulingClass: "idle",
          TimeoutStartSec: "6h",
          ...service,
        },
      }),
      unitFile(`${unit}.timer`, {
        Unit: { Description: `Backs ${region.code} up every night` },
        Timer: { OnCalendar: `*-*-* ${at}:00 ${timeZone}`, Persistent: true, RandomizedDelaySec: "5min" },
        Install: { WantedBy: "timers.target" },
      }),
    ],
    units: [{ name: `${unit}.timer`, enable: true, start: true, restartWhen: [], reload: false }],
  };
}

interface Carrying {
  readonly app: Context["region"]["role"];
  readonly made: string;
  readonly keep: number;
  /** Of the copies. */
  readonly path: string;
  readonly keys: string | undefined;
  readonly country: string;
}

/** Another disk, or a mounted share: a copy counts when it is there whole. */
function carryOut({ app, made, keep, path, keys, country }: Carrying): string {
  const start = lines(`
    #!/bin/sh
    # Carries the newest backup to where the site keeps its copies.
    set -eu
    umask 077
    newest=$(ls -1 '${made}' | grep '^${country}-' | sort | tail -n 1)
    [ -n "$newest" ] || { echo "there is no backup in ${made}" >&2; exit 1; }
  `);
  const keyStore = `${made}/${country}.yzk`;
  const tombstones = `${places.data}/${app}/tombstones.yzt`;
  return `${start}${lines(`
    carry() {
      [ -e "$1" ] || return 0
      copy="$2/\${1##*/}"
      [ "$1" != "$copy" ] || return 0
      cp "$1" "$2/.partial"
      sync "$2/.partial"
      mv "$2/.partial" "$copy"
      cmp -s "$1" "$copy"
    }
    carry '${made}'/"$newest" '${path}'
    # Who was forgotten stays forgotten in a copy too.
    carry '${tombstones}' '${path}'
    ${keys === undefined ? "# No copy of the key store: it opens what lies here, and this site names no other place for it." : `carry '${keyStore}' '${keys}'`}
    ls -1 '${path}' | grep '^${country}-' | sort -r | tail -n +${keep + 1} | while read -r old; do rm -f '${path}'/"$old"; done
  `)}`;
}
