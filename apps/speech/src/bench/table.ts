import type { Accuracy } from "./accuracy.ts";
import { byLanguage, lag, percent } from "./figures.ts";
import type { Percentiles } from "./percentiles.ts";

/** What one run showed. Lags are milliseconds. */
export interface RunFigures {
  /** Of the run. */
  readonly seconds: number;
  readonly first: Percentiles | undefined;
  readonly interim: Percentiles | undefined;
  /** Each language apart. */
  readonly finals: readonly { readonly language: string; readonly final: Percentiles }[];
  readonly translation: Percentiles | undefined;
  readonly accuracy: readonly Accuracy[];
  readonly missed: number;
  readonly committedChanges: number;
  readonly droppedInterims: number;
  readonly lostSegments: number;
  readonly cores: number;
  readonly residentMb: number;
  /** Everything that ran on the machine, its one-minute load, before and after. */
  readonly load: readonly [number, number];
}

/** One run of the bench: who spoke, how late, how well. */
export interface BenchRow extends RunFigures {
  readonly recordings: readonly string[];
  readonly speakers: number;
  readonly final: Percentiles | undefined;
}

/** A Markdown table: reads well in a terminal, and goes into a document as it is. */
export function benchTable(rows: readonly BenchRow[]): string {
  const head = [
    "recordings",
    "speakers",
    "first caption",
    "sound to interim",
    "final",
    "translation",
    "wrong (offline)",
    "turns missed",
    "cores",
    "MB",
    "load",
  ];
  const lines = rows.map((row) => [
    row.recordings.join(" + "),
    String(row.speakers),
    lag(row.first),
    lag(row.interim),
    byLanguage(row.finals),
    lag(row.translation),
    row.accuracy.map(({ language, streamed, offline }) => `${language} ${percent(streamed)} (${percent(offline)})`).join(", "),
    String(row.missed),
    row.cores.toFixed(2),
    row.residentMb.toFixed(0),
    row.load.map((one) => one.toFixed(1)).join("–"),
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
