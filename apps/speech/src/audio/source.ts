import type { Clock } from "@yizhan/meet";
import { type Decoded, SourceDecoder } from "./decoder.ts";
import { OggPackets } from "./ogg.ts";
import { opusTicks } from "./opus-packet.ts";
import { type Packet, PacketBuffer } from "./packet-buffer.ts";
import { redBlocks } from "./red.ts";

const encodings = ["opus", "red", "ogg-opus"] as const;
export type Encoding = (typeof encodings)[number];

/** The encoding that a `start` names, or undefined for one that is not understood. */
export function encodingOf(name: string): Encoding | undefined {
  const lower = name.toLowerCase();
  return encodings.find((known) => known === lower);
}

export interface SourceOptions {
  readonly clock: Clock;
  readonly encoding: Encoding;
  readonly decoded: Decoded;
}

/** Packets of one tag on one connection, from base64 to sound in order. */
export class Source {
  encoding: Encoding;
  #broken = 0;
  readonly #buffer: PacketBuffer;
  readonly #ogg = new OggPackets();
  readonly #ready: Promise<void>;
  #decoder: SourceDecoder | undefined;
  #early: [Packet, number][] = [];
  #closed = false;

  constructor(options: SourceOptions) {
    this.encoding = options.encoding;
    this.#buffer = new PacketBuffer({ clock: options.clock, release: (packet, lost) => this.#release(packet, lost) });
    this.#ready = this.#prepare(options.decoded);
  }

  /** Settles when the decoder is there; rejects where it cannot be. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get counts() {
    return { ...this.#buffer.counts, broken: this.#broken + (this.#decoder?.broken ?? 0) };
  }

  async #prepare(decoded: Decoded): Promise<void> {
    const decoder = await SourceDecoder.open(decoded);
    this.#decoder = decoder;
    for (const [packet, lost] of this.#early.splice(0)) decoder.take(packet, lost);
    if (this.#closed) decoder.close();
  }

  push(packet: Packet): void {
    if (this.encoding === "red") this.#pushRed(packet);
    else this.#buffer.push(packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#buffer.flush();
    this.#closed = true;
    this.#decoder?.close();
  }

  /** What is redundant takes the place of what was lost; the buffer drops it otherwise. */
  #pushRed({ chunk, timestamp, payload }: Packet): void {
    const blocks = redBlocks(payload);
    if (blocks === undefined) {
      this.#broken += 1;
      return;
    }
    for (const [index, block] of blocks.entries()) {
      const behind = blocks.length - 1 - index;
      this.#buffer.push({ chunk: chunk - behind, timestamp: timestamp - block.before, payload: block.payload });
    }
  }

  #release(packet: Packet, lost: number): void {
    if (this.encoding !== "ogg-opus") return this.#decode(packet, lost);
    const packets = this.#ogg.take(packet.payload);
    if (packets === undefined) {
      this.#broken += 1;
      return;
    }
    let timestamp = packet.timestamp;
    for (const [index, payload] of packets.entries()) {
      this.#decode({ chunk: packet.chunk, timestamp, payload }, index === 0 ? lost : 0);
      timestamp += opusTicks(payload) ?? 0;
    }
  }

  #decode(packet: Packet, lost: number): void {
    if (this.#closed) return;
    if (this.#decoder !== undefined) this.#decoder.take(packet, lost);
    // The decoder is there within milliseconds; nobody fills the memory meanwhile.
    else if (this.#early.length < 500) this.#early.push([packet, lost]);
  }
}
