import { Problem, type ProblemStatus } from "@yizhan/http";
import { StoreError, type StoreErrorCode } from "@yizhan/store";
import { VaultError } from "@yizhan/vault";

/** What each of the store's errors is to a caller of `/api`. */
const answers: Readonly<Record<StoreErrorCode, readonly [status: ProblemStatus, code: string]>> = {
  "not-found": [404, "not-found"],
  gone: [410, "not-found"],
  conflict: [409, "conflict"],
  "version-conflict": [409, "conflict"],
  duplicate: [409, "conflict"],
  "too-broad": [400, "bad-request"],
  "too-large": [413, "body-too-large"],
  "bad-cursor": [400, "bad-request"],
  "bad-search": [400, "bad-request"],
  "schema-newer": [503, "unavailable"],
  "database-gone": [503, "unavailable"],
  "disk-full": [503, "unavailable"],
  "try-again": [503, "unavailable"],
  "database-failed": [500, "internal"],
  closed: [503, "unavailable"],
};

/** An error of the store or the vault as the caller's answer; any other error as it is. */
export function asProblem(error: Error): Error {
  if (error instanceof StoreError) {
    const [status, code] = answers[error.code];
    return new Problem(status, code, { ...hint(error), cause: error });
  }
  // A forgotten patient is answered like one that never was.
  if (error instanceof VaultError && error.code === "subject-forgotten") return new Problem(410, "not-found", { cause: error });
  return error;
}

function hint(error: StoreError): { remedy?: string } {
  return error.hint === undefined ? {} : { remedy: error.hint };
}
