import { describe, expect, it } from "vitest";
import { backOff, pause, Signal } from "./signal.ts";

describe("Signal", () => {
  it("wakes at once when raised before, and many raises are one", async () => {
    const signal = new Signal();
    const abort = new AbortController();
    signal.raise();
    signal.raise();
    await signal.wait(abort.signal);
    let woke = false;
    const waiting = signal.wait(abort.signal).then(() => (woke = true));
    await Promise.resolve();
    expect(woke).toBe(false);
    signal.raise();
    await waiting;
    expect(woke).toBe(true);
  });

  it("ends a wait and a pause when aborted", async () => {
    const abort = new AbortController();
    const both = Promise.all([new Signal().wait(abort.signal), pause(1_000_000, abort.signal)]);
    abort.abort();
    await both;
    expect(abort.signal.aborted).toBe(true);
  });
});

describe("backOff", () => {
  it("doubles up to the limit, never below half of it", () => {
    const waits = Array.from({ length: 40 }, (_, attempt) => backOff(attempt, 30_000, () => 1));
    expect(waits.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(Math.max(...waits)).toBe(30_000);
    expect(backOff(39, 30_000, () => 0)).toBe(15_000);
  });
});
