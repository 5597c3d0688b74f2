import { file } from "./file.ts";
import { places } from "./places.ts";
import type { BundleFile } from "./types.ts";

type Value = string | number | boolean;
export type Section = Readonly<Record<string, Value | readonly Value[] | undefined>>;

/** A unit of systemd: sections in order, a list as one line an item. An empty text resets, as systemd has it. */
export function unitText(sections: Readonly<Record<string, Section>>): string {
  return Object.entries(sections)
    .map(
      ([name, section]) =>
        `[${name}]\n${Object.entries(section)
          .flatMap(([key, value]) => lines(key, value))
          .join("")}`,
    )
    .join("\n");
}

function lines(key: string, value: Section[string]): string[] {
  const values: readonly (Value | undefined)[] = Array.isArray(value) ? value : [value as Value | undefined];
  return values.flatMap((one) => (one === undefined ? [] : [`${key}=${one === true ? "yes" : one === false ? "no" : one}\n`]));
}

export const unitFile = (name: string, sections: Readonly<Record<string, Section>>): BundleFile =>
  file(`${places.units}/${name}`, unitText(sections));

/** What is changed of a unit that Debian brings. */
export const dropIn = (unit: string, sections: Readonly<Record<string, Section>>): BundleFile =>
  file(`${places.units}/${unit}.d/yizhan.conf`, unitText(sections));

/** The walls around every service. What a service needs beyond them it says itself. */
export const sandbox: Section = {
  NoNewPrivileges: true,
  CapabilityBoundingSet: "",
  AmbientCapabilities: "",
  ProtectSystem: "strict",
  ProtectHome: true,
  PrivateTmp: true,
  PrivateDevices: true,
  ProtectClock: true,
  ProtectHostname: true,
  ProtectKernelLogs: true,
  ProtectKernelModules: true,
  ProtectKernelTunables: true,
  ProtectControlGroups: true,
  ProtectProc: "invisible",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  RestrictNamespaces: true,
  RestrictRealtime: true,
  RestrictSUIDSGID: true,
  LockPersonality: true,
  RemoveIPC: true,
  SystemCallArchitectures: "native",
  SystemCallFilter: ["@system-service", "~@privileged"],
  SystemCallErrorNumber: "EPERM",
  UMask: "0077",
};
