import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { sshEnvironment } from "../environment.ts";
import { KitError } from "../errors.ts";

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA…`: the only key that is taken for this host's. */
  readonly hostKey: string;
  /** Absolute path of the private key; absent where the agent has it. */
  readonly identity?: string;
}

export interface RunOptions {
  readonly input?: string | Readable;
  /** Hears each line of stdout as it comes; what is heard is not in the outcome. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface RemoteOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RemoteHost {
  readonly target: SshTarget;
  /** Runs one line of POSIX shell as the target's user, whatever its exit code. Throws where the host cannot be spoken to. */
  run(command: string, options?: RunOptions): Promise<RemoteOutcome>;
  close(): Promise<void>;
}

/** A host by SSH, its key pinned; nothing of the operator's own SSH settings or known hosts counts. */
export async function openHost(target: SshTarget, { connectSeconds = 15 } = {}): Promise<RemoteHost> {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-ssh-"));
  const known = join(folder, "known_hosts");
  await writeFile(known, `yizhan-host ${target.hostKey}\n`, { mode: 0o600 });
  const settings = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${known}`,
    "GlobalKnownHostsFile=none",
    "HostKeyAlias=yizhan-host",
    `HostKeyAlgorithms=${algorithmsOf(target.hostKey)}`,
    "UpdateHostKeys=no",
    `ConnectTimeout=${connectSeconds}`,
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
    "LogLevel=ERROR",
    ...(target.identity === undefined ? [] : ["IdentitiesOnly=yes"]),
  ];
  const parameters = [
    "-F",
    "none",
    "-T",
    ...settings.flatMap((setting) => ["-o", setting]),
    ...(target.identity === undefined ? [] : ["-i", target.identity]),
    "-p",
    String(target.port),
    `${target.user}@${target.host}`,
  ];
  return {
    target,
    run: (command, options = {}) => run(target, [...parameters, "--", command], options),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An RSA key signs with SHA-2; its own name stands for the broken SHA-1. */
function algorithmsOf(hostKey: string): string {
  const type = hostKey.split(" ")[0] ?? "";
  return type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

async function run(target: SshTarget, parameters: readonly string[], options: RunOptions): Promise<RemoteOutcome> {
  const { input, onLine, signal } = options;
  const child = execa("ssh", parameters, {
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    buffer: { stdout: onLine === undefined, stderr: true },
    env: sshEnvironment(),
    extendEnv: false,
    reject: false,
  });
  if (onLine !== undefined) for await (const line of child.iterable({ from: "stdout" })) onLine(String(line));
  const result = await child;
  const stderr = String(result.stderr ?? "");
  if (result.isCanceled) throw new KitError("stopped", { host: target.host });
  if (result.exitCode === undefined || result.exitCode === 255) throw refusal(target, stderr || (result.originalMessage ?? ""));
  return { code: result.exitCode, stdout: String(result.stdout ?? ""), stderr };
}

/** 255 is ssh's own code: the command was not run, or its end was not heard of. */
function refusal(target: SshTarget, reason: string): KitError {
  const values = { host: target.host, port: target.port, user: target.user, reason: reason.trim().split("\n").at(-1) ?? "" };
  if (/host key verification failed|host identification has changed|no matching host key/i.test(reason))
    return new KitError("host-key-changed", values);
  if (/permission denied|too many authentication failures/i.test(reason)) return new KitError("host-refused", values);
  return new KitError("host-unreachable", values);
}
