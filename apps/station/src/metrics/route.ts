import { may } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { fromThisMachine } from "../http/address.ts";
import type { StationEnv } from "../http/env.ts";
import type { Metrics } from "./metrics.ts";

export function timeRequests(metrics: Metrics) {
  return createMiddleware<StationEnv>(async function timeEachRequest(context, next) {
    const end = metrics.requests.startTimer({ method: context.req.method });
    await next();
    end({ route: routePath(context, -1), status: `${Math.floor(context.res.status / 100)}xx` });
  });
}

/** `GET /metrics` for a process of this machine, or whom the policy lets. */
export function metricsPage(metrics: Metrics) {
  return new Hono<StationEnv>().get("/", async (context) => {
    const actor = context.get("actor");
    const allowed =
      fromThisMachine(context) || (actor.kind !== "anonymous" && may(actor, "metrics.read", { tenant: actor.tenant }));
    if (!allowed)
      throw new Problem(actor.kind === "anonymous" ? 401 : 403, actor.kind === "anonymous" ? "signed-out" : "forbidden");
    return context.text(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
}
