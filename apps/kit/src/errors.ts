export type KitErrorCode =
  | "already-running"
  | "browser-missing"
  | "country-unknown"
  | "data-corrupt"
  | "data-not-ours"
  | "data-unwritable"
  | "file-exists"
  | "host-key-changed"
  | "host-refused"
  | "host-unreachable"
  | "hub-missing"
  | "invalid-argument"
  | "local-only"
  | "model-unknown"
  | "not-running"
  | "packages-missing"
  | "port-in-use"
  | "process-did-not-start"
  | "recording-unknown"
  | "region-invalid"
  | "step-failed"
  | "stopped"
  | "web-build-failed";

/** What stopped a command. The sentence and the way on are `error.<code>` and `remedy.<code>` of locales' `kit` namespace. */
export class KitError extends Error {
  readonly code: KitErrorCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: KitErrorCode, values: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(values)}`, { cause });
    this.name = "KitError";
    this.code = code;
    this.values = values;
  }
}
