export type SearchErrorCode = "unknown-parameter" | "bad-value" | "bad-modifier" | "bad-chain" | "too-many";

/** A search that cannot be understood. `parameter` is the name as it was sent, never its value. */
export class SearchError extends Error {
  readonly code: SearchErrorCode;
  readonly parameter: string;

  constructor(code: SearchErrorCode, parameter: string) {
    super(`${code}: ${parameter}`);
    this.name = "SearchError";
    this.code = code;
    this.parameter = parameter;
  }
}
