import { samplesPerMs } from "./framer.ts";

/** The sound of one segment, kept only as long as something will hear it. */
export class SegmentAudio {
  #parts: Float32Array[] = [];
  #length = 0;
  /** Where the epoch of a sample does not follow from the one before. */
  #anchors: { sample: number; at: number }[] = [];

  get length(): number {
    return this.#length;
  }

  append(samples: Float32Array, at: number): void {
    const last = this.#anchors.at(-1);
    if (last === undefined || Math.abs(last.at + (this.#length - last.sample) / samplesPerMs - at) > 1) {
      this.#anchors.push({ sample: this.#length, at });
    }
    this.#parts.push(samples);
    this.#length += samples.length;
  }

  /** Epoch milliseconds of a sample. */
  timeOf(sample: number): number {
    const anchor = this.#anchors.findLast((entry) => entry.sample <= sample) ?? this.#anchors[0];
    return anchor === undefined ? 0 : anchor.at + (sample - anchor.sample) / samplesPerMs;
  }

  /** A copy of the sound from `from` up to sample `until`. */
  samples(until = this.#length, from = 0): Float32Array<ArrayBuffer> {
    const end = Math.min(until, this.#length);
    const copy = new Float32Array(Math.max(0, end - from));
    let at = 0;
    for (const part of this.#parts) {
      const low = Math.max(from - at, 0);
      const high = Math.min(end - at, part.length);
      if (high > low) copy.set(part.subarray(low, high), at + low - from);
      at += part.length;
    }
    return copy;
  }

  /** Takes what lies behind `sample` out, as the beginning of another segment. */
  splitAt(sample: number): SegmentAudio {
    const rest = new SegmentAudio();
    const tail = this.samples(this.#length, sample);
    const at = this.timeOf(sample);
    const kept = this.samples(sample);
    this.#parts = [kept];
    this.#length = kept.length;
    this.#anchors = this.#anchors.filter((anchor) => anchor.sample < sample);
    rest.append(tail, at);
    return rest;
  }
}
