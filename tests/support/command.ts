import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. */
export async function outcomeOf(
  command: string,
  parameters: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const child = spawn(command, parameters, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...options.env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  // A program may end without reading what it is given.
  child.stdin.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  child.stdin.end(options.input ?? "");
  const [code] = await once(child, "close");
  return { code: Number(code ?? -1), stdout, stderr };
}

/** Runs a program that has to succeed; answers what it printed. */
export async function run(command: string, ...parameters: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await outcomeOf(command, parameters);
  if (code !== 0) throw new Error(`${command} ${parameters.join(" ")}: ${code}\n${stdout}${stderr}`);
  return stdout;
}
