import { OpusDecoder } from "opus-decoder";
import { opusTicks } from "./opus-packet.ts";
import type { Packet } from "./packet-buffer.ts";

/** 120 ms in 48 kHz ticks: more loss than that is not concealed, it is time that passed. */
const concealed = 5_760;
/** A timestamp that is off by less than this belongs to the packet before: bridges round. */
const jitter = 480;

/** Decoded sound: 16 kHz mono, beginning at `timestamp` (48 kHz ticks of the connection's clock). */
export type Decoded = (samples: Float32Array, timestamp: number) => void;

/**
 * One source's Opus decoder. It decodes at 16 kHz, where libopus itself leaves out what lies above
 * 8 kHz: no resampler and no aliasing. Loss is concealed by the decoder, silence that was left out is
 * never decoded, and a broken packet is counted and forgotten.
 */
export class SourceDecoder {
  broken = 0;
  readonly #decoder: OpusDecoder<16_000>;
  readonly #decoded: Decoded;
  /** Where the next packet belongs if nothing was left out. */
  #expected: number | undefined;
  #lastToc: number | undefined;
  #lastTicks = 960;

  private constructor(decoder: OpusDecoder<16_000>, decoded: Decoded) {
    this.#decoder = decoder;
    this.#decoded = decoded;
  }

  static async open(decoded: Decoded): Promise<SourceDecoder> {
    // The packets are mono whatever the bridge says of channels.
    const decoder = new OpusDecoder<16_000>({ sampleRate: 16_000, channels: 1 });
    await decoder.ready;
    return new SourceDecoder(decoder, decoded);
  }

  /** Takes the next packet in order, `lost` ones being missing before it. */
  take(packet: Packet, lost: number): void {
    if (lost > 0) this.#conceal(packet.timestamp, lost);
    const ticks = opusTicks(packet.payload);
    if (ticks === undefined) {
      this.broken += 1;
      return;
    }
    const near = this.#expected !== undefined && Math.abs(packet.timestamp - this.#expected) < jitter;
    const timestamp = near && this.#expected !== undefined ? this.#expected : packet.timestamp;
    if (!this.#decode(packet.payload, timestamp)) {
      this.broken += 1;
      return;
    }
    this.#lastToc = packet.payload[0];
    this.#lastTicks = ticks;
    // Follows the packet's own clock, so that rounding does not add up.
    this.#expected = packet.timestamp + ticks;
  }

  close(): void {
    this.#decoder.free();
  }

  /** A packet of one byte, the last one's configuration, makes the decoder guess one frame. */
  #conceal(until: number, lost: number): void {
    if (this.#expected === undefined || this.#lastToc === undefined) return;
    const missing = Math.min(until - this.#expected, lost * this.#lastTicks, concealed);
    const guess = Uint8Array.of(this.#lastToc & 0xfc);
    const step = opusTicks(guess) ?? 960;
    for (let done = 0; done + step <= missing; done += step) {
      this.#decode(guess, this.#expected);
      this.#expected += step;
    }
  }

  #decode(payload: Uint8Array, timestamp: number): boolean {
    const { channelData, samplesDecoded } = this.#decoder.decodeFrame(payload);
    const samples = channelData[0];
    if (samplesDecoded === 0 || samples === undefined) return false;
    this.#decoded(samples.length === samplesDecoded ? samples : samples.subarray(0, samplesDecoded), timestamp);
    return true;
  }
}
