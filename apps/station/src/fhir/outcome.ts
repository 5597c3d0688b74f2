import { type Issue, PatchError, SearchError } from "@yizhan/records";
import { Problem } from "@yizhan/http";
import { StoreError, type StoreErrorCode } from "@yizhan/store";
import { VaultError } from "@yizhan/vault";
import { HTTPException } from "hono/http-exception";

const statuses = [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 416, 422, 429, 500, 503] as const;
export type FhirStatus = (typeof statuses)[number];

/** An error of the FHIR API: becomes an OperationOutcome. Texts name elements and parameters, never values. */
export class FhirError extends Error {
  readonly status: FhirStatus;
  readonly issues: readonly Issue[];

  constructor(status: FhirStatus, code: Issue["code"], text: string, path?: string) {
    super(`${status} ${code}`);
    this.name = "FhirError";
    this.status = status;
    this.issues = [{ severity: "error", code, text, path }];
  }

  static invalid(issues: readonly Issue[]): FhirError {
    const error = new FhirError(422, "invalid", "The resource is not valid.");
    return Object.assign(error, { issues });
  }
}

/** The OperationOutcome of issues; of none, one that says all is well. */
export function operationOutcome(issues: readonly Issue[]) {
  const all =
    issues.length > 0
      ? issues
      : [{ severity: "information", code: "informational", text: "No problem was found.", path: undefined }];
  return {
    resourceType: "OperationOutcome",
    issue: all.map(({ severity, code, text, path }) => ({
      severity,
      code,
      details: { text },
      ...(path === undefined ? {} : { expression: [path] }),
    })),
  };
}

const storeAnswers: Readonly<Record<StoreErrorCode, readonly [status: FhirStatus, code: Issue["code"]]>> = {
  "not-found": [404, "not-found"],
  gone: [410, "deleted"],
  conflict: [409, "conflict"],
  "version-conflict": [412, "conflict"],
  duplicate: [409, "duplicate"],
  "too-broad": [400, "too-costly"],
  "too-large": [413, "too-long"],
  "bad-cursor": [400, "value"],
  "bad-search": [400, "value"],
  "schema-newer": [503, "transient"],
  "database-gone": [503, "transient"],
  "disk-full": [503, "no-store"],
  "try-again": [503, "lock-error"],
  "database-failed": [500, "exception"],
  closed: [503, "transient"],
};

const problemCodes: Partial<Record<number, Issue["code"]>> = {
  401: "login",
  403: "forbidden",
  404: "not-found",
  413: "too-long",
  429: "throttled",
};

/** Any error as the FHIR API answers it; undefined for one that nobody foresaw. */
export function asFhirError(error: unknown): FhirError | undefined {
  if (error instanceof FhirError) return error;
  if (error instanceof StoreError) {
    const [status, code] = storeAnswers[error.code];
    return new FhirError(status, code, error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
  }
  if (error instanceof SearchError) {
    const unknown = error.code === "unknown-parameter";
    const hint = unknown
      ? " /fhir/metadata names those that are served; Prefer: handling=lenient leaves others out of a search."
      : "";
    const text = `The parameter ${error.parameter.slice(0, 60)} cannot be used: ${error.code}.${hint}`;
    return new FhirError(400, unknown ? "not-supported" : "value", text);
  }
  if (error instanceof PatchError) return new FhirError(error.code === "malformed" ? 400 : 422, "processing", error.message);
  if (error instanceof VaultError) {
    if (error.code === "subject-forgotten")
      return new FhirError(410, "deleted", "This patient's record was forgotten on request.");
    if (error.code === "value-too-large") return new FhirError(413, "too-long", "The resource is larger than 16 MiB.");
    return new FhirError(500, "exception", "The record cannot be opened.");
  }
  if (error instanceof Problem) {
    const status = statuses.find((one) => one === error.status) ?? (error.status < 500 ? 400 : 503);
    return new FhirError(status, problemCodes[error.status] ?? "processing", error.remedy ?? error.code);
  }
  if (error instanceof HTTPException) return new FhirError(400, "structure", "The request cannot be read.");
  return undefined;
}
