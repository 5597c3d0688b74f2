/**
 * The mel filter bank that Whisper was trained with: Slaney's scale and area normalisation, as librosa computes it
 * (`librosa.filters.mel(sr=16000, n_fft=400, n_mels=80)`), row by row, f32.
 */
export function slaneyMelFilters(sampleRate = 16_000, fftSize = 400, bands = 80): Float32Array {
  const bins = fftSize / 2 + 1;
  const edges = Array.from({ length: bands + 2 }, (_, i) => melToHz((hzToMel(sampleRate / 2) * i) / (bands + 1)));
  const filters = new Float32Array(bands * bins);
  for (let band = 0; band < bands; band++) {
    const [low = 0, middle = 0, high = 0] = edges.slice(band, band + 3);
    const area = 2 / (high - low);
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * sampleRate) / fftSize;
      const weight = Math.max(0, Math.min((hz - low) / (middle - low), (high - hz) / (high - middle)));
      filters[band * bins + bin] = Math.fround(weight) * area;
    }
  }
  return filters;
}

/** Linear below 1 kHz, logarithmic above. */
const LINEAR_HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / LINEAR_HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / LINEAR_HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * LINEAR_HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}
