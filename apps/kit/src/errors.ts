export type KitErrorCode =
  | "already-running"
  | "archive-refused"
  | "backup-failed"
  | "browser-missing"
  | "country-missing"
  | "country-unknown"
  | "data-corrupt"
  | "data-not-ours"
  | "data-unwritable"
  | "engine-missing"
  | "engine-needed"
  | "fetch-damaged"
  | "file-exists"
  | "file-missing"
  | "fleet-empty"
  | "fleet-invalid"
  | "handover-damaged"
  | "host-by-session"
  | "host-failed"
  | "host-key-changed"
  | "host-key-not-compared"
  | "host-not-installed"
  | "host-refused"
  | "host-strange"
  | "host-unreachable"
  | "hub-missing"
  | "infra-missing"
  | "invalid-argument"
  | "machines-left"
  | "model-refused"
  | "model-unknown"
  | "not-confirmed"
  | "not-running"
  | "option-missing"
  | "packages-missing"
  | "packages-unavailable"
  | "passphrase-differs"
  | "passphrase-needed"
  | "passphrase-wrong"
  | "plan-refused"
  | "port-in-use"
  | "preflight-failed"
  | "process-did-not-start"
  | "root-not-kms"
  | "root-refused"
  | "root-there"
  | "override-invalid"
  | "recording-unknown"
  | "region-invalid"
  | "site-invalid"
  | "site-missing"
  | "station-unknown"
  | "step-failed"
  | "stopped"
  | "upload-failed"
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
