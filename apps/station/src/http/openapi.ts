import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { StationEnv } from "./env.ts";
import { fieldProblem } from "./fields.ts";

/** A part of the API: what it takes is checked before a handler sees it, and every wrong field is named. */
export function apiPart(): OpenAPIHono<StationEnv> {
  return new OpenAPIHono<StationEnv>({
    defaultHook: (result) => {
      if (!result.success) throw fieldProblem(result.error, "data" in result ? result.data : undefined, result.target);
    },
  });
}

const problemSchema = z
  .object({
    error: z.object({
      code: z.string(),
      remedy: z.string().optional(),
      details: z.array(z.object({ field: z.string(), code: z.string() })).optional(),
      requestId: z.string(),
    }),
  })
  .openapi("Problem");

const meanings = {
  400: "What was sent cannot be used; `details` names the fields.",
  401: "Nobody is signed in, or the proof is wrong.",
  403: "Signed in, but not allowed.",
  404: "There is no such thing, or not for the one who asks.",
  409: "It has changed in the meantime.",
  413: "The body is too large.",
  422: "Something in what was sent cannot be done; the remedy says what.",
  429: "Too many attempts; `Retry-After` says when to come back.",
  503: "A part that this needs does not answer.",
} as const;

/** The error answers of a route, for its OpenAPI description. */
export function problems<S extends keyof typeof meanings>(...statuses: readonly S[]) {
  const answer = (status: S) => ({
    description: meanings[status],
    content: { "application/json": { schema: problemSchema } },
  });
  return Object.fromEntries(statuses.map((status) => [status, answer(status)])) as Record<S, ReturnType<typeof answer>>;
}

/** A JSON answer of a route. */
export function json<T>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A JSON body; `required`, or a request without a content type would pass unchecked. */
export function jsonBody<T>(schema: T) {
  return { required: true as const, content: { "application/json": { schema } } };
}
