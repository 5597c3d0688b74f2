/** Samples in a frame of the voice detector: 32 ms at 16 kHz. */
export const frameSamples = 512;
export const frameMs = 32;
export const samplesPerMs = 16;

/** Time that passed without sound, or a frame of it. `at` is the epoch of its beginning, milliseconds. */
export type Framed =
  | { readonly at: number; readonly frame: Float32Array }
  | { readonly at: number; readonly silentUntil: number };

/** Sound that begins this much after the last one ended follows a gap; less is the clock's own unevenness. */
const unevenness = 40;

/** Cuts sound into the detector's frames and says where time was left out. */
export class Framer {
  #frame = new Float32Array(frameSamples);
  #filled = 0;
  /** Epoch of the end of what was taken. */
  #end: number | undefined;

  take(samples: Float32Array, at: number): Framed[] {
    const framed: Framed[] = [];
    if (this.#end !== undefined && at - this.#end > unevenness) framed.push(...this.#gap(this.#end, at));
    // A clock that went back, as after a reconnect, does not: what was said stays where it was.
    if (this.#end === undefined || at > this.#end + unevenness) this.#end = at;
    for (let from = 0; from < samples.length;) {
      const part = samples.subarray(from, from + frameSamples - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      this.#end += part.length / samplesPerMs;
      from += part.length;
      if (this.#filled === frameSamples) framed.push(this.#whole());
    }
    return framed;
  }

  #gap(from: number, until: number): Framed[] {
    if (this.#filled === 0) return [{ at: from, silentUntil: until }];
    // The frame in progress ends in silence.
    this.#frame.fill(0, this.#filled);
    const missing = (frameSamples - this.#filled) / samplesPerMs;
    this.#end = from + missing;
    const whole = this.#whole();
    return until > this.#end ? [whole, { at: this.#end, silentUntil: until }] : [whole];
  }

  #whole(): Framed {
    const frame = this.#frame;
    this.#frame = new Float32Array(frameSamples);
    this.#filled = 0;
    return { at: (this.#end ?? 0) - frameMs, frame };
  }
}
