/** Milliseconds by which sound may come early or late and still follow the sound before it. */
const slack = 300;

/** Gives sound without timestamps its time: it follows the sound before it, or ends when it arrived. */
export class ArrivalTime {
  #end: number | undefined;

  /** Epoch milliseconds at which sound of `duration` ms that arrived at `now` began. */
  begin(now: number, duration: number): number {
    const byArrival = now - duration;
    const follows = this.#end !== undefined && Math.abs(byArrival - this.#end) < slack;
    const begin = follows && this.#end !== undefined ? this.#end : Math.max(byArrival, this.#end ?? byArrival);
    this.#end = begin + duration;
    return begin;
  }
}

/** Signed 16-bit little-endian samples as −1 to 1. An odd byte at the end is left out. */
export function pcmSamples(bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < samples.length; index += 1) samples[index] = view.getInt16(2 * index, true) / 32_768;
  return samples;
}
