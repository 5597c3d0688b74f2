const RATE = 16_000;
/** whisper.cpp hears nothing in less than a second, and clips a last word that ends with the sound. */
const LEAST_SECONDS = 1.2;
const TAIL_SECONDS = 0.25;
export const FULL_CONTEXT = 1500;
const CONTEXT_PER_SECOND = 50;
const MARGIN_SECONDS = 1.5;

/** The segment with a little silence after it, long enough to be heard. */
export function padded(samples: Float32Array): Float32Array {
  const length = Math.max(samples.length + TAIL_SECONDS * RATE, LEAST_SECONDS * RATE);
  const out = new Float32Array(Math.round(length));
  out.set(samples);
  return out;
}

/** How much of the encoder's 30 s window is worth computing for so many samples, in its own unit (50 a second). */
export function audioContext(samples: number): number {
  const wanted = Math.ceil((samples / RATE + MARGIN_SECONDS) * CONTEXT_PER_SECOND);
  // Multiples of 32 keep the matrices in the fast shapes.
  return Math.min(FULL_CONTEXT, Math.ceil(wanted / 32) * 32);
}
