import type { Clock } from "@yizhan/meet";

export interface Packet {
  /** Extended RTP sequence number. */
  readonly chunk: number;
  /** 48 kHz ticks on the connection's clock. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

export interface PacketCounts {
  lost: number;
  duplicate: number;
  late: number;
}

export interface PacketBufferOptions {
  readonly clock: Clock;
  /** Milliseconds that a missing packet is waited for. Default 60. */
  readonly hold?: number;
  /** Called in order of chunk; `lost` packets are missing just before this one. */
  readonly release: (packet: Packet, lost: number) => void;
}

/** Packets of a source that jump further than this begin a new numbering. */
const farthest = 1_000;

/**
 * Puts packets back in order and drops duplicates. What is in order passes at once, so a good
 * network costs no delay; what is early waits for the missing ones, 60 ms at most.
 */
export class PacketBuffer {
  readonly counts: PacketCounts = { lost: 0, duplicate: 0, late: 0 };
  readonly #options: PacketBufferOptions;
  readonly #hold: number;
  /** By chunk, with the time until which the ones before it are waited for. */
  readonly #waiting = new Map<number, { packet: Packet; deadline: number }>();
  #expected: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: PacketBufferOptions) {
    this.#options = options;
    this.#hold = options.hold ?? 60;
  }

  push(packet: Packet): void {
    if (this.#expected !== undefined && Math.abs(packet.chunk - this.#expected) > farthest) {
      this.flush();
      this.#expected = undefined;
    }
    this.#expected ??= packet.chunk;
    if (packet.chunk < this.#expected) {
      this.counts.late += 1;
      return;
    }
    if (this.#waiting.has(packet.chunk)) {
      this.counts.duplicate += 1;
      return;
    }
    this.#waiting.set(packet.chunk, { packet, deadline: this.#options.clock.now() + this.#hold });
    this.#passOn();
  }

  /** Does not wait any longer for anything. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#waiting.size > 0) this.#skip();
  }

  #passOn(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#release(next, 0);
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.size === 0) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#deadline() - clock.now());
    this.#cancel = clock.after(wait, () => this.#giveUp());
  }

  #next(): Packet | undefined {
    return this.#expected === undefined ? undefined : this.#waiting.get(this.#expected)?.packet;
  }

  #deadline(): number {
    return Math.min(...[...this.#waiting.values()].map(({ deadline }) => deadline));
  }

  #giveUp(): void {
    while (this.#waiting.size > 0 && this.#deadline() <= this.#options.clock.now()) this.#skip();
    this.#passOn();
  }

  /** Passes over the gap before the earliest packet that waits. */
  #skip(): void {
    const chunk = Math.min(...this.#waiting.keys());
    const packet = this.#waiting.get(chunk)?.packet;
    if (packet === undefined || this.#expected === undefined) return;
    const lost = chunk - this.#expected;
    this.counts.lost += lost;
    this.#release(packet, lost);
  }

  #release(packet: Packet, lost: number): void {
    this.#waiting.delete(packet.chunk);
    this.#expected = packet.chunk + 1;
    this.#options.release(packet, lost);
  }
}
