/** Time as a parameter: what waits or measures takes one of these. */
export interface Clock {
  /** Epoch milliseconds that never go backwards. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's time at start, carried on by its monotonic clock: setting the system's clock does not move it. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that runs `speed` times as fast as `base`, for replays faster than life. */
export function scaledClock(speed: number, base: Clock = systemClock): Clock {
  const started = base.now();
  return {
    now: () => started + (base.now() - started) * speed,
    after: (ms, run) => base.after(ms / speed, run),
  };
}

/** A clock that stands still until it is told to go on, for tests. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  let due: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = due.filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        due = due.filter((entry) => entry !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}
