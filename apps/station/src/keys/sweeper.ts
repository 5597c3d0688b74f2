import type { Log } from "@yizhan/http";
import { type Clock, machineClock, type Store } from "@yizhan/store";

const soonest = 1_000;
/** Rows that were made after the last look run out unseen at most so long: they open nothing all the same. */
const latest = 3_600_000;

export interface Sweeper {
  /** Waits for a sweep that is under way. */
  close(): Promise<void>;
}

/** Removes sessions, counts and kept answers when they run out: told by the next one's time, not by asking again and again. */
export function startSweeper(store: Pick<Store, "expiry">, log: Log, clock: Clock = machineClock): Sweeper {
  let stop = () => {};
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const tick = () => {
    running = sweep();
  };
  async function sweep(): Promise<void> {
    let wait = latest;
    try {
      const removed = await store.expiry.sweep();
      if (removed > 0) log.debug({ removed }, "swept what had run out");
      const next = await store.expiry.next();
      if (next !== undefined) wait = Math.min(latest, Math.max(soonest, next - clock.now()));
    } catch (error) {
      log.warn({ err: error }, "could not sweep; will try again");
    }
    if (!closed) stop = clock.after(wait, tick);
  }
  tick();
  return {
    async close() {
      closed = true;
      stop();
      await running;
    },
  };
}
