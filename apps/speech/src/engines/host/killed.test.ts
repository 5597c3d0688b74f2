import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hearingEngine } from "../hearing/engine.ts";
import { EngineHost } from "./host.ts";
import { processLane } from "./lane.ts";
import { Scheduler } from "./scheduler.ts";

/** A real process of the engine's kind; `deadly` kills itself on every segment, as broken native code does. */
function engineIn(mood: "slow" | "deadly") {
  const module = new URL("./mortal-worker.ts", import.meta.url);
  const host = new EngineHost({ name: "mortal", open: processLane, module, data: { mood }, loadMs: 20_000, taskMs: 10_000 });
  const lost: string[] = [];
  const engine = hearingEngine({
    id: "mortal",
    languages: ["en"],
    code: () => "en",
    scheduler: new Scheduler(1),
    hosts: [host],
    takesPrompt: false,
    searchesTwoWays: false,
    onLost: () => lost.push("segment"),
  });
  return { engine, host, lost };
}

const children = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .split(" ")
    .filter((id) => id !== "")
    .map(Number);

const samples = new Float32Array(16_000).fill(0.1);

it("an engine killed in the middle of a segment is begun anew, and the segment is heard", async () => {
  const { engine, host, lost } = engineIn("slow");
  const before = new Set(children());
  await host.start();
  const child = children().find((id) => !before.has(id));
  const heard = engine.hear({ samples, language: "en", mode: "final" });
  // The task is with the child by now: it answers after half a second only.
  await new Promise((resolve) => setImmediate(resolve));
  if (child === undefined) throw new TypeError("the engine has no process");
  process.kill(child, "SIGKILL");
  await expect(heard).resolves.toMatchObject({ text: "take one tablet" });
  expect(host.restarts).toBe(1);
  expect(lost).toEqual([]);
  await engine.close();
});

it("a segment that kills the engine twice is said to be lost, and the engine hears on", async () => {
  const { engine, host, lost } = engineIn("deadly");
  await expect(engine.hear({ samples, language: "en", mode: "final" })).rejects.toMatchObject({ code: "segment-lost" });
  expect(host.restarts).toBe(2);
  expect(lost).toEqual(["segment"]);
  await engine.close();
});
