import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Followed, follow, type Outcome, outcomeOf, run } from "./command.ts";
import { guardHost, type HostGuard } from "./host-guard.ts";
import { debianTree } from "./host-tree.ts";
import { freeLink, type Link } from "./host-link.ts";

export interface HostOptions {
  /** MiB of its disk; its writes go there and nowhere else. */
  readonly disk?: number;
}

/** A booted Debian host with its own systemd, sshd, disk and network link. It reaches nobody but this machine. */
export interface TestHost {
  readonly name: string;
  readonly address: string;
  /** This machine's side of the link. */
  readonly gateway: string;
  /** `ssh-ed25519 AAAA…`, as an operator pins it. */
  readonly hostKey: string;
  /** The private key that root's `authorized_keys` knows. */
  readonly identity: string;
  /** Its disk as seen from outside, for looking at a stopped host too. */
  readonly disk: string;
  /** For files of the test: it goes when the host goes. */
  readonly folder: string;
  /** Runs a shell line as root inside, whatever its exit code. */
  outcome(line: string, input?: string): Promise<Outcome>;
  /** The same for a line that has to succeed; answers what it printed, trimmed. */
  exec(line: string, input?: string): Promise<string>;
  /** Starts one and follows what it prints. */
  start(line: string): Followed;
  /** A connection to a port of its loopback, as the pipes of a process that stands inside its network. */
  connect(port: number): ChildProcessByStdio<Writable, Readable, null>;
  linkDown(): Promise<void>;
  linkUp(): Promise<void>;
  /** Pulls the plug. */
  kill(): Promise<void>;
  /** Boots it again, after `kill`. */
  boot(): Promise<void>;
  /** Ends it and removes all that was made for it. */
  remove(): Promise<void>;
}

export async function bootHost(options: HostOptions = {}): Promise<TestHost> {
  const lower = await debianTree();
  const work = await mkdtemp(join(tmpdir(), "yizhan-host-"));
  const link = await freeLink();
  const guard = guardHost({ ...link, work });
  try {
    return await madeHost(options, { lower, work, link, guard });
  } catch (error) {
    await guard.clear();
    throw error;
  }
}

interface Ground {
  readonly lower: string;
  readonly work: string;
  readonly link: Link;
  readonly guard: HostGuard;
}

async function madeHost(options: HostOptions, { lower, work, link, guard }: Ground): Promise<TestHost> {
  const paths = { image: join(work, "disk.img"), disk: join(work, "disk"), tree: join(work, "root"), key: join(work, "key") };
  await run("truncate", "-s", `${options.disk ?? 8_192}M`, paths.image);
  await run("mke2fs", "-q", "-t", "ext4", "-m", "0", paths.image);
  await run("mkdir", paths.disk, paths.tree);
  await run("mount", "-o", "loop", paths.image, paths.disk);
  await run("mkdir", join(paths.disk, "upper"), join(paths.disk, "work"));
  // Volatile: nothing here has to outlive this machine, so a sync need not wait for its disk.
  const layers = `lowerdir=${lower},upperdir=${join(paths.disk, "upper")},workdir=${join(paths.disk, "work")},volatile`;
  await run("mount", "-t", "overlay", "overlay", "-o", layers, paths.tree);
  await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "operator", "-f", paths.key);
  const inside = (path: string) => join(paths.tree, path);
  await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", link.name, "-f", inside("etc/ssh/ssh_host_ed25519_key"));
  await run("install", "-D", "-m", "600", `${paths.key}.pub`, inside("root/.ssh/authorized_keys"));
  await run("chmod", "700", inside("root/.ssh"));
  await run("mkfifo", inside("run-booted"));
  // With an id of its own it is no first boot, at which systemd would enable whatever Debian suggests.
  await writeFile(inside("etc/machine-id"), `${randomBytes(16).toString("hex")}\n`);
  await writeFile(inside("etc/hostname"), `${link.name}\n`);
  await writeFile(inside("etc/systemd/network/10-link.network"), networkOf(link));
  const folder = join(work, "files");
  await run("mkdir", folder);
  const hostKey = (await readFile(inside("etc/ssh/ssh_host_ed25519_key.pub"), "utf8")).split(" ").slice(0, 2).join(" ");

  let machine: Machine | undefined;
  const running = () => {
    if (machine === undefined) throw new Error(`${link.name} is not running`);
    return machine;
  };
  const entering = (line: string) => {
    const environment = ["/usr/bin/env", "-i", `PATH=${path}`, "HOME=/root"];
    return ["--target", String(running().leader), "--all", "--", ...environment, "sh", "-c", line];
  };
  const outcome = (line: string, input?: string) => outcomeOf("nsenter", entering(line), input === undefined ? {} : { input });
  const kill = async () => {
    const { process, leader } = running();
    machine = undefined;
    if (process.exitCode === null && process.signalCode === null) {
      process.kill("SIGKILL");
      await once(process, "exit");
    }
    // The last process of the machine goes a moment later; what nspawn left would be in the way of the next boot.
    await outcomeOf("kill", ["-9", String(leader)]);
    await run("tail", "--pid", String(leader), "-f", "/dev/null");
    for (const folder of ["propagate", "unix-export"]) {
      const left = `/run/systemd/nspawn/${folder}/${link.name}`;
      await outcomeOf("umount", ["-l", left]);
      await run("rm", "-rf", "--one-file-system", left);
    }
    await outcomeOf("ip", ["link", "delete", link.device]);
  };
  const boot = async () => {
    machine = await start(link, paths.tree, guard);
    await run("ip", "address", "replace", `${link.gateway}/30`, "dev", link.device);
    await run("ip", "link", "set", link.device, "up");
  };
  await boot();
  return {
    name: link.name,
    address: link.address,
    gateway: link.gateway,
    hostKey,
    identity: paths.key,
    disk: paths.tree,
    folder,
    outcome,
    async exec(line, input) {
      const { code, stdout, stderr } = await outcome(line, input);
      if (code !== 0) throw new Error(`${link.name}: ${line}: ${code}\n${stdout}${stderr}`);
      return stdout.trim();
    },
    start: (line) => follow(spawn("nsenter", entering(line), { stdio: ["ignore", "pipe", "pipe"] })),
    connect: (port) =>
      spawn("nsenter", ["--target", String(running().leader), "--net", "--", process.execPath, "-e", relay, String(port)], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    linkDown: async () => void (await run("ip", "link", "set", link.device, "down")),
    linkUp: async () => void (await run("ip", "link", "set", link.device, "up")),
    kill,
    boot,
    remove: guard.clear,
  };
}

const relay = `const s = require("node:net").connect(Number(process.argv[1]), "127.0.0.1");
process.stdin.pipe(s).pipe(process.stdout); s.on("error", () => process.exit(1)); s.on("close", () => process.exit(0));`;
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

interface Machine {
  readonly process: ChildProcess;
  /** Its PID 1, as this machine numbers it. */
  readonly leader: number;
}

async function start(link: Link, tree: string, guard: HostGuard): Promise<Machine> {
  // The tree's last unit writes into this pipe when all others have started.
  const booted = spawn("cat", [join(tree, "run-booted")], { stdio: ["ignore", "ignore", "inherit"] });
  const child = spawn(
    "systemd-nspawn",
    ["-q", "-D", tree, "--register=no", "--keep-unit", "--network-veth", `--machine=${link.name}`, "--console=pipe", "-b"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  if (child.pid !== undefined) guard.machine(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`${link.name} did not boot (${code}):\n${output}`);
  });
  const late = once(booted, "exit", { signal: AbortSignal.timeout(180_000) });
  try {
    await Promise.race([late, died]);
  } catch (error) {
    booted.kill();
    child.kill("SIGKILL");
    throw error;
  }
  died.catch(() => undefined);
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
  return { process: child, leader: Number(children.trim().split(" ")[0]) };
}

function networkOf(link: { readonly address: string; readonly gateway: string }): string {
  return `[Match]\nName=host0\n\n[Network]\nAddress=${link.address}/30\nGateway=${link.gateway}\nLinkLocalAddressing=no\n`;
}
