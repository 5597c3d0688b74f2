/** Something to hear now. Lower is more urgent. */
export interface Bid {
  readonly urgency: Urgency;
  run(): Promise<void>;
}

export const urgency = { final: 0, ending: 1, interim: 2 } as const;
export type Urgency = (typeof urgency)[keyof typeof urgency];

export interface Bidder {
  /** What this speaker would have heard next. Asked again and again; nothing is queued. */
  bid(): Bid | undefined;
  /** True in a pause that may be the end: a final will be wanted soon. */
  endingSoon(): boolean;
}

/**
 * Shares a few hearings at a time between all speakers. Speakers are asked what they want only when
 * there is room, so an interim that nobody had time for is never late: it is not made at all.
 */
export class Scheduler {
  readonly #slots: number;
  /** Insertion order is the order of service: who was served goes to the end. */
  readonly #bidders = new Set<Bidder>();
  #running = 0;

  constructor(slots: number) {
    this.#slots = Math.max(1, slots);
  }

  get running(): number {
    return this.#running;
  }

  add(bidder: Bidder): void {
    this.#bidders.add(bidder);
  }

  remove(bidder: Bidder): void {
    this.#bidders.delete(bidder);
  }

  /** Something may have come due. */
  kick(): void {
    while (this.#running < this.#slots) {
      const best = this.#best();
      if (best === undefined) return;
      const [bidder, bid] = best;
      this.#bidders.delete(bidder);
      this.#bidders.add(bidder);
      this.#running += 1;
      void bid.run().finally(() => {
        this.#running -= 1;
        this.kick();
      });
    }
  }

  #best(): [Bidder, Bid] | undefined {
    let best: [Bidder, Bid] | undefined;
    for (const bidder of this.#bidders) {
      const bid = bidder.bid();
      if (bid !== undefined && (best === undefined || bid.urgency < best[1].urgency)) best = [bidder, bid];
    }
    if (best?.[1].urgency !== urgency.interim) return best;
    // The last free slot is kept for an end that is coming.
    const last = this.#slots > 1 && this.#running === this.#slots - 1;
    return last && [...this.#bidders].some((bidder) => bidder.endingSoon()) ? undefined : best;
  }
}
