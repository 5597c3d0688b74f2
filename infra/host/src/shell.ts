import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { HostError } from "./errors.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The installer's own environment never reaches what it runs. */
const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

export interface RunOptions {
  readonly input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array | string>;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Runs a program to its end. */
export async function attempt(command: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(command, parameters, { env: environment, cwd: "/", stdio: ["pipe", "pipe", "pipe"], ...options.user });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const closed = once(child, "close");
  try {
    await pipeline(options.input ?? [], child.stdin);
  } catch (error) {
    // A program that ended early says why by its exit code; an error of what is read stays one.
    if (
      (error as NodeJS.ErrnoException).code !== "EPIPE" &&
      (error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE"
    ) {
      child.kill("SIGKILL");
      await closed;
      throw error;
    }
  }
  const [code] = await closed;
  return { code: Number(code ?? -1), stdout, stderr };
}

/** Runs a program that has to succeed. Throws `step-failed`, `disk-full` with the last lines it printed. */
export async function run(command: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, parameters, options);
  if (code === 0) return stdout;
  const last = `${stdout}${stderr}`.trim().split("\n").slice(-12).join("\n");
  throw new HostError(
    /No space left on device|ENOSPC|not have enough free space/i.test(last) ? "disk-full" : "step-failed",
    `${command} ${parameters.slice(0, 4).join(" ")} ended with ${code}:\n${last}`,
  );
}
