import { readFile, statfs } from "node:fs/promises";
import { arch } from "node:process";
import type { Manifest } from "./archive/manifest.ts";
import type { Bundle } from "./bundle.ts";
import { lstatOrNone } from "./files.ts";
import { type Listener, listeners } from "./listeners.ts";
import type { HostState } from "./state.ts";
import { currentRelease } from "./steps/release.ts";

/** One thing looked at before anything is touched. */
export interface Check {
  readonly name: "debian" | "systemd" | "processor" | "memory" | "disk" | "clock" | "ports";
  readonly ok: boolean;
  /** What was found, and where it is not enough what is needed. */
  readonly detail: string;
}

/** What is seen of a host; a parameter, so that every refusal can be shown. */
export interface Sight {
  readonly osRelease: string;
  readonly systemd: boolean;
  readonly architecture: string;
  readonly cpuinfo: string;
  readonly meminfo: string;
  readonly freeMiB: number;
  readonly now: number;
  readonly listeners: readonly Listener[];
  /** The release of the archive is laid out already. */
  readonly releaseThere: boolean;
}

const ports = [80, 443, 3478, 5349];
/** Certificates, one-time codes and tokens allow for about this much. */
const clockToleranceMs = 120_000;

export async function look(manifest: Manifest): Promise<Sight> {
  const text = (path: string) => readFile(path, "utf8").catch(() => "");
  const disk = await statfs("/var/lib");
  return {
    osRelease: await text("/etc/os-release"),
    systemd: (await lstatOrNone("/run/systemd/system")) !== undefined,
    architecture: arch === "x64" ? "amd64" : arch,
    cpuinfo: await text("/proc/cpuinfo"),
    meminfo: await text("/proc/meminfo"),
    freeMiB: Math.floor((disk.bavail * disk.bsize) / 1_048_576),
    now: Date.now(),
    listeners: await listeners(ports),
    releaseThere: (await currentRelease()) === manifest.version,
  };
}

/** `operatorNow`: the operator's clock in milliseconds, where one is there to compare with. */
export function judge(
  sight: Sight,
  manifest: Manifest,
  bundle: Bundle,
  state: HostState | undefined,
  operatorNow?: number,
): Check[] {
  const { requires } = manifest;
  const os = new Map(
    sight.osRelease.split("\n").map((line) => [line.split("=")[0] ?? "", (line.split("=")[1] ?? "").replaceAll('"', "")]),
  );
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(sight.cpuinfo)?.[1]?.split(" "));
  const lacking = requires.processor.filter((flag) => !flags.has(flag));
  const memoryMiB = Math.floor(Number(/^MemTotal:\s*(\d+) kB$/m.exec(sight.meminfo)?.[1] ?? 0) / 1024);
  const needMiB = sight.releaseThere ? Math.min(512, requires.diskMiB) : requires.diskMiB;
  const ours = new Set(state === undefined ? [] : bundle.units.map((unit) => unit.name));
  const taken = sight.listeners.filter((one) => !ours.has(one.unit));
  return [
    {
      name: "debian",
      ok: os.get("ID") === "debian" && os.get("VERSION_CODENAME") === requires.suite,
      detail: `${os.get("PRETTY_NAME") ?? "an unknown system"}; needed: Debian ${requires.suite}`,
    },
    { name: "systemd", ok: sight.systemd, detail: sight.systemd ? "running" : "systemd does not run this machine" },
    {
      name: "processor",
      ok: sight.architecture === requires.architecture && lacking.length === 0,
      detail:
        lacking.length === 0
          ? `${sight.architecture}; needed: ${requires.architecture}`
          : `the release was built for a processor with ${lacking.join(", ")}`,
    },
    // A machine sold with 4 GiB shows a little less.
    { name: "memory", ok: memoryMiB >= requires.memoryMiB * 0.94, detail: `${memoryMiB} MiB; needed: ${requires.memoryMiB} MiB` },
    { name: "disk", ok: sight.freeMiB >= needMiB, detail: `${sight.freeMiB} MiB free; needed: ${needMiB} MiB` },
    clock(sight.now, Date.parse(manifest.madeAt), operatorNow),
    {
      name: "ports",
      ok: taken.length === 0,
      detail:
        taken.length === 0
          ? `${ports.join(", ")} are free or ours`
          : taken.map((one) => `${one.port}/${one.protocol} is taken by ${one.unit}`).join("; "),
    },
  ];
}

function clock(now: number, madeAt: number, operatorNow: number | undefined): Check {
  const seconds = (ms: number) => Math.round(ms / 1000);
  if (now < madeAt - clockToleranceMs)
    return {
      name: "clock",
      ok: false,
      detail: `this host's clock says ${new Date(now).toISOString()}, before the archive was made`,
    };
  if (operatorNow === undefined) return { name: "clock", ok: true, detail: new Date(now).toISOString() };
  const apart = Math.abs(now - operatorNow);
  return {
    name: "clock",
    ok: apart <= clockToleranceMs,
    detail: `${seconds(apart)} s from the operator's; at most ${seconds(clockToleranceMs)} s`,
  };
}
