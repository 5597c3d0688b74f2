import type { Context } from "../context.ts";
import { file, jsonFile, lines } from "../file.ts";
import { handedToMachine, machineName } from "../machines.ts";
import { agentUser, hubBackups, places, ports } from "../places.ts";
import type { Site } from "../site.ts";
import type { Part } from "../types.ts";
import { sandbox, unitFile } from "../unit-file.ts";
import { machineHealth } from "./spread.ts";
import { tlsGroup, tlsPaths } from "./tls.ts";
import { typedRoot } from "./unseal.ts";

const configuration = `${places.etc}/agent.json`;
const mailConfiguration = `${places.etc}/msmtprc`;

/**
 * Looks at the host every minute, writes the page for people (`/health`) and tells whoever has to know, by webhook and
 * mail. It stands beside the station, so that it also speaks when the station does not.
 */
export function agentPart({ region, site, role }: Context): Part {
  const { alerts } = site;
  const station = role === "station";
  const further = role === "speech";
  const figures = `http://127.0.0.1:${ports.station}/metrics`;
  const mail = alerts.email === undefined || alerts.relay === undefined ? undefined : { to: alerts.email, relay: alerts.relay };
  const copies = site.backup.target.kind === "directory" && !further ? site.backup.target.path : undefined;
  const pattern = `^${region.code}-`;
  const root = further ? undefined : typedRoot(site);
  const machines = station ? (site.machines?.speech ?? []) : [];
  const certificate = further ? handedToMachine.certificate : tlsPaths(site).certificate;
  const config = {
    country: region.code,
    station: further ? machineName(site) : site.names.station,
    language: region.languages.staff[0] ?? region.languages.fallback,
    ...(root === undefined ? {} : { root }),
    state: places.agent,
    page: `${places.agent}/page`,
    urls: [
      { name: role, url: `http://127.0.0.1:${ports[role]}/healthz` },
      ...(station ? [{ name: "speech", url: `http://127.0.0.1:${ports.speech}/healthz` }] : []),
      ...machines.map((one) => ({ name: `speech ${one.address}`, url: machineHealth(one) })),
      ...(site.jitsi === false || further
        ? []
        : [
            { name: "jicofo", url: `http://127.0.0.1:${ports.jicofo}/about/health` },
            { name: "bridge", url: `http://127.0.0.1:${ports.bridge}/about/health` },
          ]),
    ],
    times: station
      ? [
          { name: "backup", url: figures, metric: "yizhan_backup_last_success_timestamp_seconds", hours: 26 },
          { name: "restore test", url: figures, metric: "yizhan_restore_test_last_success_timestamp_seconds", hours: 50 },
        ]
      : [],
    fresh: [
      ...(role === "hub" ? [{ name: "backup", folder: hubBackups, pattern, hours: 26 }] : []),
      ...(copies === undefined ? [] : [{ name: "copy", folder: copies, pattern, hours: 26 }]),
    ],
    certificate: { path: certificate, days: 14 },
    disk: { path: places.data, freePercent: 10 },
    memory: { freePercent: 5 },
    units: true,
    alerts: {
      ...(alerts.webhook === undefined ? {} : { webhook: alerts.webhook }),
      ...(mail === undefined
        ? {}
        : { email: { to: mail.to, from: `yizhan@${site.names.station}`, configuration: mailConfiguration } }),
      after: 2,
      againHours: 24,
    },
  };
  return {
    packages: mail === undefined ? [] : ["msmtp"],
    users: [{ name: agentUser, home: places.agent, ...(further ? {} : { groups: [tlsGroup] }) }],
    directories: [
      { path: places.agent, mode: 0o755, owner: agentUser, group: agentUser },
      { path: `${places.agent}/page`, mode: 0o755, owner: agentUser, group: agentUser },
    ],
    files: [
      jsonFile(configuration, config, { mode: 0o640, group: agentUser }),
      ...(mail === undefined ? [] : [file(mailConfiguration, relay(mail.relay, site), { mode: 0o640, group: agentUser })]),
      unitFile("yizhan-agent.service", {
        Unit: { Description: "Looks how this station is, and tells whoever has to know", After: "dbus.service" },
        Service: {
          Type: "oneshot",
          User: agentUser,
          Group: agentUser,
          ...sandbox,
          ExecStart: `${places.node} --max-semi-space-size=2 --max-old-space-size=64 --disable-warning=ExperimentalWarning ${places.release}/infra/host/src/agent/main.ts ${configuration}`,
          TimeoutStartSec: "2min",
          MemoryMax: "256M",
          Nice: 5,
          ReadWritePaths: places.agent,
        },
      }),
      unitFile("yizhan-agent.timer", {
        Unit: { Description: "Looks every minute how this station is" },
        Timer: { OnBootSec: "2min", OnUnitInactiveSec: "60s", AccuracySec: "5s" },
        Install: { WantedBy: "timers.target" },
      }),
    ],
    units: [{ name: "yizhan-agent.timer", enable: true, start: true, restartWhen: [], reload: false }],
  };
}

function relay(address: string, { names }: Site): string {
  const [, scheme = "", host = "", port = ""] = /^(\w+):\/\/([^:]+):(\d+)$/.exec(address) ?? [];
  return lines(`
    defaults
    tls ${scheme === "smtp" ? "off" : "on"}
    tls_starttls ${scheme === "smtps" ? "off" : "on"}
    tls_trust_file /etc/ssl/certs/ca-certificates.crt
    domain ${names.station}

    account default
    host ${host}
    port ${port}
    from yizhan@${names.station}
  `);
}
