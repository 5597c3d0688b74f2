import type { HearingTask, RawHeard } from "../hearing/raw.ts";
import { serveTasks } from "./serve.ts";

/** For tests: an engine in a process of its own that hears slowly, or dies of every segment. */
await serveTasks<{ mood: "slow" | "deadly" }, HearingTask>(async ({ mood }) => {
  return async (): Promise<RawHeard> => {
    if (mood === "deadly") process.kill(process.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { text: "take one tablet", words: [{ text: "take one tablet", probability: 0.9 }], cut: false };
  };
});
