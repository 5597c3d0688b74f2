import type { Log } from "@yizhan/http";
import { type Clock, machineClock, removeOrphans, type Store } from "@yizhan/store";
import type { Sweeper } from "./sweeper.ts";

/** Not while a station starts; what it looks for is rare. */
const firstAfter = 3_600_000;
const every = 86_400_000;

/** Once a day, removes attachments that no record names: what a process left that died between the two. */
export function startOrphanSweeper(store: Store, log: Log, clock: Clock = machineClock): Sweeper {
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const tick = () => {
    running = look();
  };
  let stop = clock.after(firstAfter, tick);
  async function look(): Promise<void> {
    try {
      const removed = await removeOrphans(store);
      if (removed > 0) log.info({ removed }, "removed attachments that no record names");
    } catch (error) {
      log.warn({ err: error }, "could not look for attachments that no record names; will try again tomorrow");
    }
    if (!closed) stop = clock.after(every, tick);
  }
  return {
    async close() {
      closed = true;
      stop();
      await running;
    },
  };
}
