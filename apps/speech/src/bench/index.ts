export { benchReplay, type BenchResult, type BenchRun } from "./replay.ts";
export { hearOffline, type OfflineTurn } from "./offline.ts";
export { percentiles, type Percentiles } from "./percentiles.ts";
export type { MeasuredTurn } from "./turns.ts";
