/** What can go wrong in the store; the HTTP layers map every code to a status. */
export const storeErrorCodes = [
  "not-found",
  "gone",
  "conflict",
  "version-conflict",
  "duplicate",
  "too-broad",
  "too-large",
  "bad-cursor",
  "bad-search",
  "schema-newer",
  "database-gone",
  "disk-full",
  "try-again",
  "database-failed",
  "closed",
] as const;
export type StoreErrorCode = (typeof storeErrorCodes)[number];

/**
 * An error of the store. Its message and `hint` name things (a table, a parameter), never a value:
 * what the driver said is dropped, because drivers quote the parameters of a statement.
 */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** What the caller can do, for a developer or an operator. */
  readonly hint: string | undefined;
  /** PostgreSQL's five-character SQLSTATE, where the database said one. */
  readonly sqlState: string | undefined;

  constructor(code: StoreErrorCode, message: string, options: { hint?: string; sqlState?: string } = {}) {
    super(message);
    this.name = "StoreError";
    this.code = code;
    this.hint = options.hint;
    this.sqlState = options.sqlState;
  }
}
