import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

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

/** A program that is watched while it runs. */
export interface Followed {
  readonly ended: Promise<{ readonly code: number; readonly output: string; readonly stdout: string }>;
  /** Resolves when a line is printed that fits. Rejects when the program ends before. */
  until(pattern: RegExp): Promise<void>;
}

/** Follows what a program prints, from its start on. */
export function follow(child: ChildProcess): Followed {
  let output = "";
  let stdout = "";
  const waiting = new Set<{ readonly pattern: RegExp; readonly resolve: () => void }>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) throw new TypeError("a program is followed by its pipes");
    createInterface({ input: stream }).on("line", (text) => {
      output += `${text}\n`;
      if (stream === child.stdout) stdout += `${text}\n`;
      for (const one of waiting) if (one.pattern.test(text)) one.resolve();
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code: Number(code ?? -1), output, stdout }));
  return {
    ended,
    until: (pattern) =>
      Promise.race([
        new Promise<void>((resolve) => waiting.add({ pattern, resolve })),
        ended.then(({ code }) => {
          throw new Error(`it ended (${code}) before it said ${String(pattern)}:\n${output}`);
        }),
      ]),
  };
}
