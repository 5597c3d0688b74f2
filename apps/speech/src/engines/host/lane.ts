import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import { Worker } from "node:worker_threads";

/** Where an engine runs: it gets messages, answers, and can be ended at any time without harm to us. */
export interface Lane {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, however it ends. */
  onEnd(listener: (reason: string) => void): void;
  kill(): void;
}

export type OpenLane = (module: URL, data: unknown) => Lane;

/** A worker thread: for WebAssembly and for engines that keep to the thread that calls them. */
export const threadLane: OpenLane = (module, data) => {
  const worker = new Worker(module, { workerData: data });
  worker.unref();
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", listener),
    onEnd: (listener) => {
      let reason = "ended";
      worker.on("error", (error) => (reason = error instanceof Error ? error.message : "failed"));
      worker.once("exit", () => listener(reason));
    },
    kill: () => void worker.terminate(),
  };
};

/**
 * A process of its own: for native code with its own threads, which may bring down the process it runs in and
 * cannot be stopped from outside otherwise.
 */
export const processLane: OpenLane = (module, data) => {
  const child = fork(module, [JSON.stringify(data)], {
    serialization: "advanced",
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // whisper.cpp is silent about its own affairs only in production.
    // smart-whisper makes a folder in the home when it is imported, and fails where a service's user has none.
    env: { PATH: "/usr/bin:/bin", NODE_ENV: "production", HOME: tmpdir() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.unref();
  child.channel?.unref();
  return {
    send: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on("message", listener),
    onEnd: (listener) => {
      let over = false;
      const end = (reason: string) => {
        if (!over) listener(reason);
        over = true;
      };
      child.once("error", (error) => end(error.message));
      child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    },
    kill: () => void child.kill("SIGKILL"),
  };
};
