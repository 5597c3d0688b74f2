import { createMiddleware } from "hono/factory";
import { callerAddress } from "../http/address.ts";
import type { StationEnv } from "../http/env.ts";
import type { Guard } from "./guard.ts";

const patient = /^\/fhir\/Patient\/([^/]+)(?:\/\$(everything|summary))?/;

/** Shows the guard what passes through `/fhir`: records opened, whole records taken out, ids that do not exist. */
export function watchFhir(guard: Guard) {
  return createMiddleware<StationEnv>(async function watchFhirRequests(context, next) {
    const actor = context.get("actor");
    const [, id, operation] = patient.exec(context.req.path) ?? [];
    if (id !== undefined) {
      await guard.check(actor, callerAddress(context), operation === undefined ? "patient.opened" : "record.exported", id);
    }
    await next();
    if (context.res.status === 404) await guard.check(actor, callerAddress(context), "lookup.missed", context.req.path);
  });
}
