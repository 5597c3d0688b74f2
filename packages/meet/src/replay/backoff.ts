/** The bridge's waits between attempts: 0, 1, 2, 4 … 30 s without end; 30 s of stability begin it anew. */
export class Backoff {
  #step = 0;
  #openedAt: number | undefined;

  opened(now: number): void {
    this.#openedAt = now;
  }

  /** Milliseconds to wait before the next attempt. */
  next(now: number): number {
    if (this.#openedAt !== undefined && now - this.#openedAt >= 30_000) this.#step = 0;
    this.#openedAt = undefined;
    const wait = this.#step === 0 ? 0 : Math.min(30_000, 1_000 * 2 ** (this.#step - 1));
    this.#step += 1;
    return wait;
  }
}
