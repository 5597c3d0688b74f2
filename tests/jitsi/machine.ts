import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { BundleFile } from "../../packages/bundle/src/index.ts";
import { run } from "../support/command.ts";

/**
 * A network, a list of processes and a view of the disk of its own on this machine: rendered files lie at the
 * very paths and ports that they name, and nothing of it stays.
 */
export interface Machine {
  /** A folder that both sides see under the same path. */
  readonly folder: string;
  /** What to put before a command so that it runs in there. */
  readonly inside: readonly string[];
  put(files: readonly Pick<BundleFile, "path" | "content">[]): Promise<void>;
  run(...command: readonly string[]): Promise<string>;
  /** Starts a server; it ends with the machine. What it prints goes to a file of this name, for a person to read. */
  start(name: string, ...command: readonly string[]): void;
  close(): Promise<void>;
}

/** Folders that are written in there and stay as they are out here. */
const covered = ["/etc", "/opt", "/usr/share", "/usr/local", "/var/lib", "/var/log"];

const make = `
mount --make-rprivate /
layers=$1; address=$2; shift 2
for path in "$@"; do
  mkdir -p "$layers$path/upper" "$layers$path/work"
  mount -t overlay overlay -o "lowerdir=$path,upperdir=$layers$path/upper,workdir=$layers$path/work" "$path"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/prosody /run/lock
ip link set lo up
ip link add station type veth peer name outside
ip address add "$address/24" dev station
ip link set station up
ip link set outside up
echo ready
exec sleep infinity
`;

/** Needs root's rights, as the hosts of the other tests do. */
export async function openMachine(address: string): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-jitsi-"));
  await chmod(folder, 0o755);
  const layers = join(folder, "layers");
  const own = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const holder = spawn(
    "setpriv",
    ["--pdeathsig=KILL", "unshare", ...own, "sh", "-euc", make, "machine", layers, address, ...covered],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await Promise.race([
    once(createInterface(holder.stdout), "line"),
    once(holder, "exit").then(() => Promise.reject(new Error("there is no machine of its own to be had here"))),
  ]);
  const [child] = (await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8")).trim().split(" ");
  const inside = ["nsenter", `--target=${child}`, "--mount", "--net", "--pid", "--"];
  const [enter = "", ...there] = inside;
  return {
    folder,
    inside,
    async put(files) {
      for (const { path, content } of files) {
        const from = join(folder, "put", path);
        await mkdir(dirname(from), { recursive: true });
        await writeFile(from, content);
      }
      await run(enter, ...there, "cp", "-r", `${folder}/put/.`, "/");
      await rm(join(folder, "put"), { recursive: true });
    },
    run: (...command) => run(enter, ...there, ...command),
    start(name, ...command) {
      const output = openSync(join(folder, `${name}.log`), "a");
      spawn(enter, [...there, ...command], { stdio: ["ignore", output, output] });
      closeSync(output);
    },
    async close() {
      if (holder.exitCode === null) {
        holder.kill("SIGKILL");
        await once(holder, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
