import { type ChildProcess, fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

interface Said {
  readonly type: string;
  readonly url?: string;
  readonly ids?: readonly string[];
  readonly filled?: number;
}

/** A station in a process of its own. */
export interface StationProcess {
  readonly url: string;
  /** From the start of the process to its first answer, milliseconds. */
  readonly startMs: number;
  /** MiB, as the kernel counts what is resident. */
  memory(): Promise<number>;
  end(): Promise<void>;
}

function start(config: string, options: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, "server.ts"), options, {
    // As a host's unit starts it (packages/bundle/src/node-service.ts).
    env: {
      YIZHAN_CONFIG: config,
      MALLOC_ARENA_MAX: "1",
      MALLOC_MMAP_THRESHOLD_: "131072",
      MALLOC_TRIM_THRESHOLD_: "131072",
    },
    execArgv: ["--max-semi-space-size=4", "--max-old-space-size=384", "--disable-warning=ExperimentalWarning"],
  });
}

function heard<T>(child: ChildProcess, wanted: (said: Said) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    child.on("message", (said: Said) => {
      const found = wanted(said);
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`the station ended with ${code}`)));
  });
}

/** Puts `size` patients into a station's store and resolves their ids. The process that did it is gone by then. */
export async function fill(
  config: string,
  sealing: string,
  size: number,
  tell: (filled: number) => void,
): Promise<readonly string[]> {
  const child = start(config, [sealing, String(size)]);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ids = await heard(child, (said) => {
    if (said.filled !== undefined) tell(said.filled);
    return said.ids;
  });
  await gone;
  return ids;
}

export async function startStation(config: string, sealing: string): Promise<StationProcess> {
  const began = performance.now();
  const child = start(config, [sealing]);
  const url = await heard(child, (said) => said.url);
  await fetch(`${url}/healthz`);
  return {
    url,
    startMs: performance.now() - began,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
    },
    async end() {
      if (child.exitCode !== null) return;
      const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      await exit;
    },
  };
}
