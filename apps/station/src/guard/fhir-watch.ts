import { isObject } from "@yizhan/records";
import { createMiddleware } from "hono/factory";
import { callerAddress } from "../http/address.ts";
import type { StationEnv } from "../http/env.ts";
import type { Guard } from "./guard.ts";

const patient = /^\/fhir\/Patient\/([^/]+)(?:\/\$(everything|summary))?/;
const search = /^\/fhir\/[A-Za-z]+(?:\/_search)?$/;

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
    if (context.res.status !== 200 || actor.kind !== "staff" || !search.test(path)) return;
    for (const listed of patientsIn(await context.res.clone().json()))
      await guard.check(actor, address, "patient.opened", listed);
  });
}

/** Ids of the patients whose resources a bundle holds. */
function patientsIn(bundle: unknown): Set<string> {
  const found = new Set<string>();
  const entries: readonly unknown[] = isObject(bundle) && Array.isArray(bundle.entry) ? bundle.entry : [];
  for (const entry of entries) {
    const resource = isObject(entry) && isObject(entry.resource) ? entry.resource : {};
    const owner = resource.subject ?? resource.patient;
    const reference = isObject(owner) && typeof owner.reference === "string" ? owner.reference : "";
    if (resource.resourceType === "Patient" && typeof resource.id === "string") found.add(resource.id);
    else if (reference.startsWith("Patient/")) found.add(reference.slice("Patient/".length));
  }
  return found;
}
