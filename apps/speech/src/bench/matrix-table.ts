import { byLanguage, lag, percent } from "./figures.ts";
import type { MatrixRun } from "./matrix.ts";
import type { RunFigures } from "./table.ts";

export interface MatrixRow extends MatrixRun, RunFigures {
  /** Seconds in which somebody spoke, everybody's added up. */
  readonly spoken: number;
  /** What of the bar it broke. */
  readonly broken: readonly string[];
}

const castNames = { en: "English", pt: "Portuguese", mixed: "English with others" } as const;
const networkNames = {
  dtx: "silence left out",
  sent: "silence sent",
  "dtx-loss": "silence left out, 5 % lost",
  "sent-loss": "silence sent, 5 % lost",
} as const;

const head = [
  "languages",
  "packets",
  "speakers at once",
  "first caption",
  "sound to interim",
  "final",
  "translation",
  "wrong (offline)",
  "interims dropped",
  "turns missed",
  "committed changed",
  "cores",
  "real-time factor",
  "MB",
  "load",
];

/** A Markdown table, as it goes into a document. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const lines = rows.map((row) => [
    castNames[row.cast],
    networkNames[row.network],
    String(row.speakers),
    lag(row.first),
    lag(row.interim),
    byLanguage(row.finals),
    lag(row.translation),
    row.accuracy.map(({ language, streamed, offline }) => `${language} ${percent(streamed)} (${percent(offline)})`).join("; "),
    String(row.droppedInterims),
    String(row.missed + row.lostSegments),
    String(row.committedChanges),
    row.cores.toFixed(2),
    row.spoken === 0 ? "–" : ((row.cores * row.seconds) / row.spoken).toFixed(2),
    row.residentMb.toFixed(0),
    row.load.map((one) => one.toFixed(1)).join("–"),
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** With how many speakers it holds and from how many on it breaks, and why: one Markdown item for languages and packets. */
export function matrixVerdicts(rows: readonly MatrixRow[]): string {
  const groups = Map.groupBy(rows, ({ cast, network }) => `${castNames[cast]}, ${networkNames[network]}`);
  return Array.from(groups, ([name, group]) => {
    const ordered = group.toSorted((a, b) => a.speakers - b.speakers);
    const first = ordered.findIndex(({ broken }) => broken.length > 0);
    const holds = ordered.slice(0, first === -1 ? undefined : first).map(({ speakers }) => speakers);
    const breaks = ordered[first];
    const held = holds.length === 0 ? "" : `holds with ${holds.join(", ")}`;
    const broke = breaks === undefined ? "" : `breaks at ${breaks.speakers} (${breaks.broken.join("; ")})`;
    return `- ${name}: ${[held, broke].filter((part) => part !== "").join("; ")}.`;
  }).join("\n");
}
