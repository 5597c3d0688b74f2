import { Hono, type MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import type { Log } from "./log.ts";
import { Problem, type ProblemStatus, problemJson } from "./problem.ts";

export interface BaseAppOptions {
  readonly log: Log;
  /** Bytes of a request body; larger ones are answered 413 without being read whole. Default 1 MiB. */
  readonly maxBody?: number;
  /** Origins that pages may embed and connect to besides their own: the Jitsi of this station. */
  readonly embed?: readonly string[];
}

/**
 * Gives `app` what every server shares: a request id, security headers, a limit on bodies,
 * errors as JSON and one log line a request (method, route pattern, status, time; never the path
 * itself, which may carry an identifier). Call before any route is added.
 */
export function baseApp(app: Hono, options: BaseAppOptions): Hono {
  const { log, embed = [] } = options;
  app.use(requestId({ limitLength: 64 }));
  app.use(async function logRequests(context, next) {
    const started = performance.now();
    await next();
    log.info(
      {
        method: context.req.method,
        route: routePath(context, -1),
        status: context.res.status,
        ms: Math.round(performance.now() - started),
        requestId: context.get("requestId"),
      },
      "request",
    );
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...embed],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", "blob:"],
        connectSrc: ["'self'", ...embed],
        frameSrc: embed.length === 0 ? ["'none'"] : [...embed],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: "no-referrer",
      permissionsPolicy: { camera: ["self", ...embed], microphone: ["self", ...embed], geolocation: [] },
    }),
  );
  app.use(limitBodies(options.maxBody ?? 1024 * 1024));
  app.notFound((context) => problemJson(context, new Problem(404, "not-found")));
  app.onError((error, context) => {
    if (error instanceof Problem) {
      if (error.status >= 500) log.error({ err: error, requestId: context.get("requestId") }, "request failed");
      return problemJson(context, error);
    }
    if (error instanceof HTTPException) return problemJson(context, new Problem(asProblemStatus(error.status), "bad-request"));
    log.error({ err: error, requestId: context.get("requestId") }, "request failed");
    return problemJson(context, new Problem(500, "internal"));
  });
  return app;
}

/**
 * Answers 413 to a body of more than `maxSize` bytes. One that does not say its length is counted while it is
 * read, never gathered first: what reads too much of it gets the problem as an error. Requests that carry none
 * pass at once: only to look for a body costs a tenth of a read's time.
 */
export function limitBodies(maxSize: number): MiddlewareHandler {
  return async function limitBody(context, next) {
    if (context.req.method === "GET" || context.req.method === "HEAD") return next();
    const length = context.req.header("content-length");
    if (length !== undefined && context.req.header("transfer-encoding") === undefined) {
      return Number(length) > maxSize ? problemJson(context, new Problem(413, "body-too-large")) : next();
    }
    const { body } = context.req.raw;
    if (body === null) return next();
    let over = false;
    const counted = body.pipeThrough(counter(maxSize, () => (over = true)));
    const init: RequestInit & { readonly duplex: "half" } = { body: counted, duplex: "half" };
    context.req.raw = new Request(context.req.raw, init);
    await next();
    // Who parsed the body may have taken its sudden end for bad writing.
    if (over && context.res.status !== 413) context.res = problemJson(context, new Problem(413, "body-too-large"));
  };
}

function counter(maxSize: number, over: () => void): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(piece, controller) {
      size += piece.length;
      if (size <= maxSize) return controller.enqueue(piece);
      over();
      controller.error(new Problem(413, "body-too-large"));
    },
  });
}

function asProblemStatus(status: number): ProblemStatus {
  return status === 401 || status === 403 || status === 404 || status === 413 || status === 415
    ? status
    : status >= 500
      ? 500
      : 400;
}
