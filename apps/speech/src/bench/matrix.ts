import type { Impairments } from "@yizhan/meet/replay";
import type { Percentiles } from "./percentiles.ts";
import { percentiles } from "./percentiles.ts";
import type { BenchResult } from "./replay.ts";
import { type Cast, casts } from "./cast.ts";

/** How the packets come. Loss is the same in every run. */
export const networks = {
  dtx: { silence: false, impairments: {} },
  sent: { silence: true, impairments: {} },
  "dtx-loss": { silence: false, impairments: { loss: 0.05, seed: 5 } },
  "sent-loss": { silence: true, impairments: { loss: 0.05, seed: 5 } },
} as const satisfies Readonly<Record<string, { silence: boolean; impairments: Impairments }>>;
export type Network = keyof typeof networks;

export interface MatrixRun {
  readonly cast: Cast;
  readonly speakers: number;
  readonly network: Network;
}

/** Every run of the matrix; one person alone is no mixture. */
export function matrixRuns(which: {
  readonly casts: readonly Cast[];
  readonly speakers: readonly number[];
  readonly networks: readonly Network[];
}): MatrixRun[] {
  return which.networks.flatMap((network) =>
    which.casts.flatMap((cast) =>
      which.speakers.filter((count) => cast !== "mixed" || count > 1).map((speakers) => ({ cast, speakers, network })),
    ),
  );
}

/** The voices of a run, each with how often it was there before. */
export function voicesOf({ cast, speakers }: MatrixRun): { voice: (typeof casts)[Cast][number]; copy: number }[] {
  const voices = casts[cast];
  return Array.from({ length: speakers }, (_, index) => ({
    voice: voices[index % voices.length] ?? voices[0],
    copy: Math.floor(index / voices.length),
  }));
}

/** DESIGN's bar, milliseconds: it is for two speakers, and the bench says with how many it still holds. */
export const bar = {
  firstP50: 1_200,
  finalP95: (language: string) => (language === "en" ? 1_000 : 1_400),
  translationP95: 300,
};

/** Finals of each language apart: their bars are not the same. */
export function finalsOf(turns: BenchResult["turns"]): { language: string; final: Percentiles }[] {
  const languages = [...new Set(turns.map(({ language }) => language))];
  return languages.flatMap((language) => {
    const final = percentiles(turns.filter((turn) => turn.language === language).flatMap(({ finalMs }) => finalMs ?? []));
    return final === undefined ? [] : [{ language, final }];
  });
}

/** What of the bar a run broke, in words; nothing where it held. */
export function broken(
  result: Pick<
    BenchResult,
    "turns" | "first" | "translation" | "missed" | "lostSegments" | "droppedInterims" | "committedChanges"
  >,
): string[] {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  const over = (what: string, ms: number | undefined, most: number) =>
    ms !== undefined && ms > most ? [`${what} ${seconds(ms)} over ${seconds(most)}`] : [];
  const count = (many: number, what: string) => (many > 0 ? [`${many} ${what}`] : []);
  return [
    ...finalsOf(result.turns).flatMap(({ language, final }) => over(`final p95 ${language}`, final.p95, bar.finalP95(language))),
    ...count(result.droppedInterims, "interims dropped"),
    ...count(result.missed, "turns missed"),
    ...count(result.lostSegments, "segments lost"),
    ...count(result.committedChanges, "committed texts changed"),
    ...over("first caption p50", result.first?.p50, bar.firstP50),
    ...over("translation p95", result.translation?.p95, bar.translationP95),
  ];
}
