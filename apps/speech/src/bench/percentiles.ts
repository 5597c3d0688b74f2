export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
  readonly count: number;
}

/** Nearest-rank percentiles; undefined of nothing. */
export function percentiles(values: readonly number[]): Percentiles | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), worst: at(1), count: sorted.length };
}
