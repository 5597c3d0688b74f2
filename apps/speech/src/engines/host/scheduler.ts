import type { HearMode } from "../types.ts";

interface Job {
  speaker: string;
  mode: HearMode;
  begin(): void;
}

/**
 * Shares the processor between speakers: so many jobs at a time, finals before interims, and among equals the
 * speaker who was served longest ago.
 */
export class Scheduler {
  readonly #slots: number;
  readonly #waiting: Job[] = [];
  /** When each speaker was last served, as a counter; no clock needed. */
  readonly #served = new Map<string, number>();
  #turn = 0;
  running = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rejects with the signal's reason when given up before it begins. */
  async run<Result>(
    { speaker, mode, signal }: { speaker: string; mode: HearMode; signal?: AbortSignal | undefined },
    work: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(job), 1);
        reject(signal?.reason);
      };
      const job: Job = {
        speaker,
        mode,
        begin: () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(job);
      this.#fill();
    });
    try {
      return await work();
    } finally {
      this.running--;
      this.#fill();
    }
  }

  #fill(): void {
    while (this.running < this.#slots) {
      const job = this.#best();
      if (!job) return;
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      this.#served.set(job.speaker, ++this.#turn);
      // Whoever waits for nothing any more is forgotten, so that the map stays as small as the room.
      if (this.#served.size > 1000) this.#served.clear();
      this.running++;
      job.begin();
    }
  }

  #best(): Job | undefined {
    const rank = (job: Job) => [job.mode === "final" ? 0 : 1, this.#served.get(job.speaker) ?? 0] as const;
    return this.#waiting.reduce<Job | undefined>((best, job) => {
      if (!best) return job;
      const [mode, served] = rank(job);
      const [bestMode, bestServed] = rank(best);
      return mode < bestMode || (mode === bestMode && served < bestServed) ? job : best;
    }, undefined);
  }
}
