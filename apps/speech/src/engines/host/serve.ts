import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Task } from "./protocol.ts";

/**
 * The lane's side, in a worker thread or a forked process alike: loads once, then answers tasks. `load` gets the data
 * given to the lane and returns what does the work. Messages of errors must not hold what was said.
 */
export async function serveTasks<Data, Payload>(
  load: (data: Data) => Promise<(payload: Payload) => Promise<unknown>>,
): Promise<void> {
  const port = parentPort;
  const answer = (message: Answer) => void (port ? port.postMessage(message) : process.send?.(message));
  const data = (port ? workerData : JSON.parse(process.argv[2] ?? "null")) as Data;
  if (!port) process.once("disconnect", () => process.exit(0));
  try {
    const work = await load(data);
    const take = async ({ id, payload }: Task) => {
      try {
        answer({ kind: "done", id, result: await work(payload as Payload) });
      } catch (error) {
        answer({ kind: "failed", id, message: text(error) });
      }
    };
    if (port) port.on("message", take);
    else process.on("message", (message) => void take(message as Task));
    answer({ kind: "ready" });
  } catch (error) {
    answer({ kind: "broken", message: text(error) });
  }
}

const text = (error: unknown) => (error instanceof Error ? error.message : "unknown");
