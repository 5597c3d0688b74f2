import type { Log } from "@yizhan/http";
import { type Clock, machineClock, type RotationKind, type Store } from "@yizhan/store";

export interface KeyExchange {
  /** Begins, or goes on with, an exchange of keys; it works in the background, and over restarts. */
  start(kind: RotationKind): void;
  /** What is under way, by the step that was reached. */
  state(): Promise<{ readonly index?: string; readonly records?: string; readonly root?: "running"; readonly roots: number }>;
  /** Stops between two rows; the next start of the station goes on. */
  close(): Promise<void>;
}

export interface KeyExchangeOptions {
  readonly store: Pick<Store, "rotations">;
  readonly log: Log;
  /** Milliseconds within which every process of this station reads its keys anew; 0 where there is one. */
  readonly settleMs: number;
  readonly clock?: Clock;
}

/** Runs exchanges of keys one step after the other, one of a kind at a time, and takes up what a restart interrupted. */
export async function openKeyExchange({ store, log, settleMs, clock = machineClock }: KeyExchangeOptions): Promise<KeyExchange> {
  const { rotations } = store;
  const ending = new AbortController();
  const running = new Map<RotationKind, Promise<void>>();
  const waiting = new Map<RotationKind, () => void>();

  async function run(kind: RotationKind): Promise<void> {
    try {
      const progress = await rotations.rotate(kind, { settleMs, signal: ending.signal });
      log.info({ kind, ...progress }, "keys are being exchanged");
      if (!progress.done) wait(kind, progress.at - clock.now());
    } catch (error) {
      if (ending.signal.aborted) return;
      log.error({ kind, err: error }, "an exchange of keys stopped; will go on in a minute");
      wait(kind, 60_000);
    } finally {
      running.delete(kind);
    }
  }
  function wait(kind: RotationKind, ms: number): void {
    if (!ending.signal.aborted)
      waiting.set(
        kind,
        clock.after(Math.max(ms, 0), () => start(kind)),
      );
  }
  function start(kind: RotationKind): void {
    waiting.get(kind)?.();
    waiting.delete(kind);
    if (!running.has(kind)) running.set(kind, run(kind));
  }

  for (const kind of ["index", "records"] as const) if ((await rotations.state(kind)) !== undefined) start(kind);
  return {
    start,
    async state() {
      const [index, records] = [await rotations.state("index"), await rotations.state("records")];
      return {
        ...(index === undefined ? {} : { index: index.step }),
        ...(records === undefined ? {} : { records: records.step }),
        ...(running.has("root") ? { root: "running" as const } : {}),
        roots: (await rotations.rootsInUse()).length,
      };
    },
    async close() {
      ending.abort();
      for (const stop of waiting.values()) stop();
      await Promise.all(running.values());
    },
  };
}
