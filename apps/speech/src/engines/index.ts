export * from "./types.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export type { EnginesConfig, OpenEngines } from "./open.ts";
