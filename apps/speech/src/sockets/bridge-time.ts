/** Milliseconds by which sound may come after the time it says: more means that its clock stood still. */
const lateness = 5_000;

/**
 * From a connection's 48 kHz clock, which begins when the bridge opened its socket, to the epoch. Sound that
 * comes far too late for its time moves the clock; sound that comes early (a replay in haste) does not.
 */
export class BridgeTime {
  #opened: number;

  constructor(openedAt: number) {
    this.#opened = openedAt;
  }

  arrived(timestamp: number, now: number): void {
    if (now - this.epoch(timestamp) > lateness) this.#opened = now - timestamp / 48;
  }

  /** Epoch milliseconds. */
  epoch(timestamp: number): number {
    return this.#opened + timestamp / 48;
  }
}
