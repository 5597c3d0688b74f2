/** Wakes one waiter; raised while nobody waits, the next wait returns at once. Many raises are one. */
export class Signal {
  #raised = false;
  #waiter: (() => void) | undefined;

  raise(): void {
    this.#raised = true;
    this.#waiter?.();
  }

  /** Resolves when raised or when `abort` fires. */
  async wait(abort: AbortSignal): Promise<void> {
    if (!this.#raised && !abort.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          abort.removeEventListener("abort", done);
          this.#waiter = undefined;
          resolve();
        };
        this.#waiter = done;
        abort.addEventListener("abort", done, { once: true });
      });
    }
    this.#raised = false;
  }
}

/** Resolves after `ms`, or when `abort` fires. */
export function pause(ms: number, abort: AbortSignal): Promise<void> {
  if (abort.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      abort.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    abort.addEventListener("abort", done, { once: true });
  });
}

/**
 * How long to wait before attempt `attempt` (from 0): doubling from 250 ms to `limit`, between half and
 * all of it at random, so that a fleet does not come back all at once.
 */
export function backOff(attempt: number, limit: number, random: () => number): number {
  const whole = Math.min(limit, 250 * 2 ** Math.min(attempt, 16));
  return whole / 2 + (whole / 2) * random();
}
