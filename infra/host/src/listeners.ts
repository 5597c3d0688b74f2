import { readdir, readFile, readlink } from "node:fs/promises";

/** A socket that waits for connections (TCP) or is bound (UDP). */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** The systemd unit it belongs to, or the command's name where there is none. */
  readonly unit: string;
}

/** Read from proc(5): /proc/net/{tcp,udp}[6] for sockets, /proc/<pid>/fd for whose they are. */
export async function listeners(ports: readonly number[]): Promise<Listener[]> {
  const wanted = new Map<string, { protocol: "tcp" | "udp"; port: number }>();
  for (const [file, protocol] of [
    ["tcp", "tcp"],
    ["tcp6", "tcp"],
    ["udp", "udp"],
    ["udp6", "udp"],
  ] as const) {
    const text = await readFile(`/proc/net/${file}`, "utf8").catch(none);
    for (const line of (text ?? "").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
      const waits = protocol === "tcp" ? fields[3] === "0A" : fields[3] === "07";
      if (waits && ports.includes(port) && fields[9] !== undefined) wanted.set(fields[9], { protocol, port });
    }
  }
  const found: Listener[] = [];
  if (wanted.size === 0) return found;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const fd of (await readdir(`/proc/${pid}/fd`).catch(none)) ?? []) {
      const inode = /^socket:\[(\d+)\]$/.exec((await readlink(`/proc/${pid}/fd/${fd}`).catch(none)) ?? "")?.[1];
      const socket = inode === undefined ? undefined : wanted.get(inode);
      if (socket === undefined || inode === undefined) continue;
      wanted.delete(inode);
      found.push({ ...socket, unit: await unitOf(pid) });
    }
  }
  // A socket whose process cannot be seen is still in the way.
  for (const socket of wanted.values()) found.push({ ...socket, unit: "unknown" });
  return found;
}

async function unitOf(pid: string): Promise<string> {
  const cgroup = (await readFile(`/proc/${pid}/cgroup`, "utf8").catch(none)) ?? "";
  const unit = /\/([^/\n]+\.(?:service|socket))(?:\/|\n|$)/.exec(cgroup)?.[1];
  return unit ?? ((await readFile(`/proc/${pid}/comm`, "utf8").catch(none)) ?? "unknown").trim();
}

/** Processes end while they are looked at. */
function none(error: NodeJS.ErrnoException): undefined {
  if (["ENOENT", "ESRCH", "EACCES"].includes(error.code ?? "")) return undefined;
  throw error;
}
