import type { Percentiles } from "./percentiles.ts";

/** `0.83 / 1.29 s`: p50 and p95. */
export const lag = (of: Percentiles | undefined) =>
  of === undefined ? "–" : `${(of.p50 / 1_000).toFixed(2)} / ${(of.p95 / 1_000).toFixed(2)} s`;

export const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Finals of each language: their bars are not the same. */
export const byLanguage = (finals: readonly { readonly language: string; readonly final: Percentiles }[]) =>
  finals.map(({ language, final }) => `${language} ${lag(final)}`).join("; ") || "–";
