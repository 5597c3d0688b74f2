export * from "./types.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export { type EnginesConfig, openEngines } from "./open.ts";
