import { createLog } from "@yizhan/http";
import { type CaptionEvent, manualClock } from "@yizhan/meet";
import { expect, test } from "vitest";
import { noTerms } from "../captions/terms.ts";
import { speechMetrics } from "../metrics.ts";
import { Scheduler } from "../stream/scheduler.ts";
import { scriptedEngines } from "../testing/scripted-engines.ts";
import { Registry } from "./registry.ts";
import type { Outlet } from "./session.ts";

const outlet: Outlet = { wantsInterims: false, requests: () => [], caption: () => undefined, translation: () => undefined };

function registry(limit = 3) {
  const clock = manualClock();
  const sessions = new Registry({
    clock,
    engines: scriptedEngines({ hear: {} }),
    terms: noTerms,
    scheduler: new Scheduler(1),
    metrics: speechMetrics(),
    log: createLog("test", "silent"),
    keep: 300_000,
    limit,
  });
  return { clock, sessions };
}

test("a session is kept for a bridge that comes back, ended when it does not, and forgotten in the end", async () => {
  const { clock, sessions } = registry();
  const session = sessions.open("a");
  const events: CaptionEvent[] = [];
  session?.watchers.watch((event) => events.push(event))();
  session?.attach(outlet);
  clock.advance(3_600_000);
  expect(sessions.open("a")).toBe(session);
  session?.detach(outlet);
  clock.advance(60_000);
  expect(session?.ended).toBe(false);
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(session?.ended).toBe(true);
  clock.advance(300_000);
  expect(sessions.size).toBe(0);
  sessions.close();
});

test("there are only so many sessions at once", () => {
  const { sessions } = registry(2);
  expect(sessions.open("a")).toBeDefined();
  expect(sessions.open("b")).toBeDefined();
  expect(sessions.open("c")).toBeUndefined();
  expect(sessions.open("a")).toBeDefined();
  sessions.close();
});
