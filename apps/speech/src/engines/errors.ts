export type EngineErrorCode =
  | "model-missing"
  | "model-broken"
  | "engine-failed"
  | "segment-lost"
  | "no-route"
  | "translation-failed"
  | "translation-slow"
  | "no-voice"
  | "unreadable";

/** `message` is for the operator. It never holds what was said. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EngineError";
    this.code = code;
  }
}
