import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { childEnvironment } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { ProcessPlan } from "./configs.ts";

export type ProcessState = "starting" | "ready" | "waiting" | "stopped";

export interface ProcessStatus {
  readonly name: string;
  readonly code: string;
  readonly app: ProcessPlan["app"];
  readonly state: ProcessState;
  readonly pid: number | undefined;
  readonly url: string;
  readonly restarts: number;
  /** Epoch milliseconds of the last change of state. */
  readonly since: number;
}

/** Back-off between restarts: 0.5 s, doubled up to 30 s; forgotten after 30 s of good running. */
const firstDelay = 500;
const longestDelay = 30_000;
const stableAfter = 30_000;
/** How long a process may take to say that it is ready, and to end when it is told to. */
const readyWithin = 90_000;
const endWithin = 10_000;
/**
 * For processes that wait more than they work: one C heap that gives large pieces back (V8's compiler takes
 * 600 MB for a second while PGlite warms up), and a small young generation.
 */
const smallHeap = {
  env: { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" },
  execArgv: ["--max-semi-space-size=4"],
};
const largestLog = 10 * 1024 * 1024;

/** Keeps one process of a local run alive until it is stopped. */
export class Supervised {
  readonly plan: ProcessPlan;
  readonly #changed: (status: ProcessStatus) => void;
  #child: ChildProcess | undefined;
  #state: ProcessState = "stopped";
  #since = Date.now();
  #restarts = 0;
  #delay = firstDelay;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(plan: ProcessPlan, changed: (status: ProcessStatus) => void) {
    this.plan = plan;
    this.#changed = changed;
  }

  status(): ProcessStatus {
    const { name, code, app, url } = this.plan;
    return { name, code, app, url, state: this.#state, pid: this.#child?.pid, restarts: this.#restarts, since: this.#since };
  }

  /** Starts it and waits until it says that it is ready. Throws `process-did-not-start` with the log's path. */
  async start(): Promise<void> {
    const child = this.#spawn();
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new KitError("process-did-not-start", { name: this.plan.name, log: this.plan.log, reason }));
      const timer = setTimeout(() => fail(`${readyWithin / 1000} s`), readyWithin);
      child.on("message", (message) => {
        if (!isReady(message)) return;
        clearTimeout(timer);
        resolve();
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        fail(signal ?? `exit ${code}`);
      });
    });
  }

  #spawn(): ChildProcess {
    rotate(this.plan.log);
    const log = openSync(this.plan.log, "a", 0o600);
    const small = this.plan.app !== "speech";
    // A group of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
    const child = fork(this.plan.main, [], {
      env: childEnvironment({ YIZHAN_CONFIG: this.plan.config, ...(small ? smallHeap.env : {}) }),
      execArgv: ["--disable-warning=ExperimentalWarning", ...(small ? smallHeap.execArgv : [])],
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#set("starting");
    let stable: NodeJS.Timeout | undefined;
    child.on("message", (message) => {
      if (!isReady(message) || this.#child !== child) return;
      this.#set("ready");
      stable = setTimeout(() => (this.#delay = firstDelay), stableAfter);
    });
    child.once("error", () => this.#set("stopped"));
    child.once("exit", () => {
      clearTimeout(stable);
      const wasReady = this.#state === "ready" || this.#restarts > 0;
      this.#child = undefined;
      if (this.#stopping || !wasReady) return this.#set("stopped");
      this.#set("waiting");
      this.#timer = setTimeout(() => {
        this.#restarts += 1;
        this.#spawn();
      }, this.#delay);
      this.#delay = Math.min(this.#delay * 2, longestDelay);
    });
    return child;
  }

  /** Asks it to end, insists after ten seconds, and returns when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return this.#set("stopped");
    await new Promise<void>((resolve) => {
      const insist = setTimeout(() => child.kill("SIGKILL"), endWithin);
      child.once("exit", () => {
        clearTimeout(insist);
        resolve();
      });
      child.kill("SIGTERM");
    });
    this.#set("stopped");
  }

  #set(state: ProcessState): void {
    this.#state = state;
    this.#since = Date.now();
    this.#changed(this.status());
  }
}

function isReady(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "ready";
}

function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largestLog) renameSync(log, `${log}.1`);
}
