import type { Context } from "hono";

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 426 | 428 | 429 | 500 | 502 | 503;

/**
 * An answer that is an error. `code` is a key of the locales' `errors` namespace, which holds the
 * sentence a person is shown; `remedy` is for an operator or a developer. Neither ever holds
 * a patient's data: `details` names fields and limits, not values.
 */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly code: string;
  readonly remedy: string | undefined;
  readonly details: readonly ProblemDetail[] | undefined;

  constructor(
    status: ProblemStatus,
    code: string,
    options: { remedy?: string; details?: readonly ProblemDetail[]; cause?: unknown } = {},
  ) {
    super(`${status} ${code}`, { cause: options.cause });
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details;
  }
}

export interface ProblemDetail {
  /** Path of the field, as in `intake.pain`. */
  readonly field: string;
  /** A key below `errors.field`: `required`, `too-long`, `out-of-range` … */
  readonly code: string;
}

/** The JSON every `/api` error answers with. */
export function problemBody(problem: Problem, requestId: string) {
  return {
    error: {
      code: problem.code,
      ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
      ...(problem.details === undefined ? {} : { details: problem.details }),
      requestId,
    },
  };
}

export function problemJson(context: Context, problem: Problem): Response {
  return context.json(problemBody(problem, context.get("requestId") ?? ""), problem.status);
}
