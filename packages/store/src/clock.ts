export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `work` once, `ms` from now, unless the returned function is called before. */
  after(ms: number, work: () => void): () => void;
}

/** The machine's own; a timer of it keeps no process alive. */
export const machineClock: Clock = {
  now: Date.now,
  after(ms, work) {
    const timer = setTimeout(work, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
