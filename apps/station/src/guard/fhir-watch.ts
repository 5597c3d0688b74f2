import { isObject } from "@yizhan/records";
import { createMiddleware } from "hono/factory";
import { callerAddress } from "../http/address.ts";
import type { StationEnv } from "../http/env.ts";
import type { Guard } from "./guard.ts";

const patient = /^\/fhir\/Patient\/([A-Za-z0-9\-.]+)(?:\/\$(everything|summary))?/;
/** Answers that hold resources of many: searches, histories of types and of all, batches and transactions. */
const listing = /^\/fhir(?:\/_history|\/[A-Z][A-Za-z]*(?:\/_search|\/_history)?)?\/?$/;

/**
 * Shows the guard what passes through `/fhir`: records opened or listed, whole records taken out, ids that do
 * not exist. A page that lists too many patients is stopped before it leaves.
 */
export function watchFhir(guard: Guard) {
  return createMiddleware<StationEnv>(async function watchFhirRequests(context, next) {
    const actor = context.get("actor");
    const address = callerAddress(context);
    const { path } = context.req;
    const [, id, operation] = patient.exec(path) ?? [];
    if (id !== undefined) await guard.check(actor, address, operation === undefined ? "patient.opened" : "record.exported", id);
    await next();
    if (context.res.status === 404) await guard.check(actor, address, "lookup.missed", path);
    // What applications read in bulk is not opened once more only to be counted: no rule judges it.
    if (context.res.status !== 200 || actor.kind !== "staff" || !listing.test(path)) return;
    const text = await context.res.clone().text();
    for (const listed of patientsIn(text === "" ? undefined : JSON.parse(text)))
      await guard.check(actor, address, "patient.opened", listed);
  });
}

/** Ids of the patients whose resources a bundle holds, or one inside it. */
function patientsIn(body: unknown, found = new Set<string>()): Set<string> {
  if (!isObject(body)) return found;
  const owner = body.subject ?? body.patient;
  const reference = isObject(owner) && typeof owner.reference === "string" ? owner.reference : "";
  if (body.resourceType === "Patient" && typeof body.id === "string") found.add(body.id);
  else if (reference.startsWith("Patient/")) found.add(reference.slice("Patient/".length));
  const entries: readonly unknown[] = body.resourceType === "Bundle" && Array.isArray(body.entry) ? body.entry : [];
  for (const entry of entries) if (isObject(entry)) patientsIn(entry.resource, found);
  return found;
}
