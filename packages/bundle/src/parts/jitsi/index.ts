import type { Context } from "../../context.ts";
import type { Part, SecretSpec } from "../../types.ts";
import { dropIn, type Section, sandbox, unitFile } from "../../unit-file.ts";
import { speechToken } from "../server.ts";
import { tlsGroup } from "../tls.ts";
import { bridgeFiles, bridgePaths } from "./bridge.ts";
import { jicofoFiles, jicofoPaths } from "./jicofo.ts";
import { javaLog } from "./java-log.ts";
import { luaModules, prosodyAccounts, prosodyConfig, prosodyPath, roomsModule } from "./prosody.ts";
import { webConfig } from "./web.ts";

/** Jitsi of the station's own: rooms open only to tokens, captions go to the speech service beside it. */
export function jitsiPart({ region, site, size }: Context): Part | undefined {
  if (site.jitsi === false) return undefined;
  const made = (name: string): SecretSpec => ({ name, bytes: 32, encoding: "hex", owner: "root", group: "root" });
  const accounts = prosodyAccounts(site);
  const java = (most: number) => ({
    Unit: { After: "prosody.service", Wants: "prosody.service" },
    Service: {
      Restart: "always",
      RestartSec: 5,
      MemoryMax: `${most}M`,
      NoNewPrivileges: true,
      ProtectSystem: "full",
      ProtectHome: true,
      PrivateTmp: true,
      PrivateDevices: true,
      ProtectKernelTunables: true,
      ProtectKernelModules: true,
      ProtectControlGroups: true,
      RestrictSUIDSGID: true,
      LockPersonality: true,
    },
  });
  const jicofoHeap = Math.max(256, Math.floor(size.bridge.heap / 2));
  return {
    packages: [
      "prosody",
      "lua-sec",
      "lua-cjson",
      "lua-basexx",
      "lua-luaossl",
      "lua-inspect",
      "lua-unbound",
      "openjdk-17-jre-headless",
    ],
    own: ["jicofo", "jitsi-videobridge2", "jitsi-meet-web", "jitsi-meet-prosody"],
    secrets: [
      made("jitsi-app"),
      made("jitsi-focus"),
      made("jitsi-bridge"),
      made("turn"),
      ...(region.role === "hub" ? [speechToken] : []),
    ],
    directories: accounts.directories,
    files: [
      prosodyConfig(site),
      roomsModule,
      ...luaModules,
      ...accounts.files,
      ...jicofoFiles(site, jicofoHeap),
      ...bridgeFiles(site, size.bridge.heap),
      javaLog,
      webConfig(region, site),
      dropIn("prosody.service", {
        Unit: { After: "yizhan-certificate.service" },
        Service: {
          ...sandbox,
          SupplementaryGroups: tlsGroup,
          Restart: "always",
          RestartSec: 5,
          MemoryMax: "512M",
          ReadWritePaths: "/var/lib/prosody -/var/log/prosody",
        },
      }),
      jicofoUnit(java(jicofoHeap * 2)),
      dropIn("jitsi-videobridge2.service", java(size.bridge.heap * 2)),
    ],
    units: [
      unit("prosody.service", [prosodyPath, ...[roomsModule, ...luaModules, ...accounts.files].map((one) => one.path)]),
      unit("jitsi-videobridge2.service", [...Object.values(bridgePaths), javaLog.path]),
      {
        ...unit("jicofo.service", [...Object.values(jicofoPaths), javaLog.path]),
        restartWhen: [...Object.values(jicofoPaths), javaLog.path, "/etc/systemd/system/jicofo.service"],
      },
    ],
  };
}

/** Jicofo's package brings a script of System V's init alone: systemd would hold it for running after it has died. */
const jicofoUnit = ({ Unit, Service }: { readonly Unit: Section; readonly Service: Section }) =>
  unitFile("jicofo.service", {
    Unit: { Description: "Jitsi conference focus", ...Unit },
    Service: {
      User: "jicofo",
      Group: "jitsi",
      EnvironmentFile: jicofoPaths.environment,
      WorkingDirectory: "/usr/share/jicofo",
      ExecStart: "/usr/share/jicofo/jicofo.sh",
      // What Java says when it is asked to end.
      SuccessExitStatus: 143,
      ...Service,
    },
    Install: { WantedBy: "multi-user.target" },
  });

const unit = (name: string, files: readonly string[]) => ({
  name,
  enable: true,
  start: true,
  restartWhen: [...files, `/etc/systemd/system/${name}.d`],
  reload: false,
});
