import { expect, it } from "vitest";
import { Scheduler } from "./scheduler.ts";

/** A job that ends when told to, and notes when it began. */
function job(scheduler: Scheduler, began: string[], speaker: string, mode: "interim" | "final", signal?: AbortSignal) {
  const gate = Promise.withResolvers<void>();
  const done = scheduler.run({ speaker, mode, signal }, async () => {
    began.push(`${speaker} ${mode}`);
    await gate.promise;
  });
  return { done, end: gate.resolve };
}

it("serves finals before interims, and the speaker who waited longest", async () => {
  const scheduler = new Scheduler(1);
  const began: string[] = [];
  const jobs = [
    job(scheduler, began, "a", "final"),
    job(scheduler, began, "a", "interim"),
    job(scheduler, began, "a", "final"),
    job(scheduler, began, "b", "interim"),
    job(scheduler, began, "b", "final"),
  ];
  expect(scheduler.waiting).toBe(4);
  for (const { end } of jobs) end();
  await Promise.all(jobs.map(({ done }) => done));
  expect(began).toEqual(["a final", "b final", "a final", "b interim", "a interim"]);
  expect(scheduler.running).toBe(0);
});

it("gives up what has not begun, and frees the slot of what failed", async () => {
  const scheduler = new Scheduler(1);
  const began: string[] = [];
  const first = job(scheduler, began, "a", "final");
  const stop = new AbortController();
  const second = job(scheduler, began, "b", "interim", stop.signal);
  stop.abort();
  await expect(second.done).rejects.toThrow("aborted");
  expect(scheduler.waiting).toBe(0);
  first.end();
  await first.done;
  await expect(scheduler.run({ speaker: "c", mode: "final" }, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(scheduler.run({ speaker: "c", mode: "final" }, () => Promise.resolve(7))).resolves.toBe(7);
});
