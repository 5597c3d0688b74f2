import { FederationError, type FederationErrorCode } from "@yizhan/federation";
import { Problem, type ProblemStatus } from "@yizhan/http";

/** How each refusal is answered. A sender tells them apart by the code, not by the number. */
const statuses: Readonly<Record<FederationErrorCode, ProblemStatus>> = {
  malformed: 400,
  "too-large": 413,
  "version-unknown": 400,
  "schema-unknown": 400,
  "not-for-us": 400,
  "sender-unknown": 401,
  "sender-revoked": 403,
  "signature-wrong": 401,
  "gateway-signature-wrong": 401,
  "ciphertext-wrong": 400,
  "chain-broken": 409,
  forked: 409,
  quarantined: 409,
  "too-far-ahead": 409,
  "class-refused": 403,
  "payload-refused": 400,
  "token-wrong": 403,
  "token-used": 409,
  "fingerprint-wrong": 400,
  stale: 400,
  unreachable: 503,
  refused: 400,
  closed: 503,
};

export function asProblem(error: Error): Error {
  if (!(error instanceof FederationError)) return error;
  return new Problem(statuses[error.code], error.code, {
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    cause: error,
  });
}
