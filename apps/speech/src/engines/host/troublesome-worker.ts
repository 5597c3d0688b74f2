import { serveTasks } from "./serve.ts";

/** For tests: an engine that does what it is told, and may be told to misbehave. */
await serveTasks<{ broken?: boolean }, string>(async ({ broken }) => {
  if (broken) throw new Error("no weights");
  return async (order) => {
    if (order === "crash") process.kill(process.pid, "SIGSEGV");
    if (order === "hang") await new Promise(() => setInterval(() => undefined, 1000));
    if (order === "throw") throw new Error("a bad segment");
    return `${order} done`;
  };
});
