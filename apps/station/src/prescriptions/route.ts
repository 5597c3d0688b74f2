import { createRoute, z } from "@hono/zod-openapi";
import { type CaseParts, tenantOf } from "../cases/service.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { listReviews } from "./reviews.ts";
import {
  caseParams,
  decisionSchema,
  newPrescriptionSchema,
  prescriptionParams,
  prescriptionSchema,
  prescriptionsSchema,
  reviewsSchema,
} from "./schema.ts";
import { listPrescriptions, prescribe, review, withdraw } from "./service.ts";

const listRoute = createRoute({
  ...secured("prescription.read"),
  method: "get",
  path: "/cases/{id}/prescriptions",
  summary: "What the case's patient was prescribed, with the reviews; newest first",
  request: { params: caseParams },
  responses: { 200: json(prescriptionsSchema, "The prescriptions"), ...problems(401, 403, 404) },
});
const writeRoute = createRoute({
  ...secured("prescription.write"),
  method: "post",
  path: "/cases/{id}/prescriptions",
  summary: "Prescribe; nobody acts on it before a pharmacist has accepted it",
  request: { params: caseParams, body: jsonBody(newPrescriptionSchema) },
  responses: { 201: json(prescriptionSchema, "It waits for its review"), ...problems(400, 401, 403, 404, 409) },
});
const withdrawRoute = createRoute({
  ...secured("prescription.write"),
  method: "post",
  path: "/cases/{id}/prescriptions/{prescription}/withdraw",
  summary: "Take a prescription back, accepted or not",
  request: { params: prescriptionParams },
  responses: { 204: { description: "It has ended" }, ...problems(401, 403, 404, 409) },
});
const reviewsRoute = createRoute({
  ...secured("prescription.review"),
  method: "get",
  path: "/prescriptions",
  summary: "What waits for a pharmacist, the longest waiting first",
  responses: { 200: json(reviewsSchema, "The prescriptions, with what a review needs"), ...problems(401, 403) },
});
const eventsRoute = createRoute({
  ...secured("prescription.review"),
  method: "get",
  path: "/prescriptions/events",
  summary: "The same as server-sent events: once now and on every change",
  responses: {
    200: { description: "The prescriptions", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403),
  },
});
const decideRoute = createRoute({
  ...secured("prescription.review"),
  method: "post",
  path: "/prescriptions/{id}/review",
  summary: "Accept a prescription, or return it with the reason that its writer reads",
  request: { params: caseParams, body: jsonBody(decisionSchema) },
  responses: { 204: { description: "Decided" }, ...problems(400, 401, 403, 404, 409) },
});

/** Prescriptions: a clinician writes, a pharmacist reviews. */
export function prescriptions(parts: CaseParts) {
  return apiPart()
    .openapi(listRoute, async (context) => {
      const { id } = context.req.valid("param");
      return context.json({ prescriptions: await listPrescriptions(parts, context.get("actor"), id) }, 200);
    })
    .openapi(writeRoute, async (context) => {
      const { id } = context.req.valid("param");
      return context.json(await prescribe(parts, context.get("actor"), id, context.req.valid("json")), 201);
    })
    .openapi(withdrawRoute, async (context) => {
      const { id, prescription } = context.req.valid("param");
      await withdraw(parts, context.get("actor"), id, prescription);
      return context.body(null, 204);
    })
    .openapi(reviewsRoute, async (context) => context.json(await listReviews(parts, context.get("actor")), 200))
    .openapi(eventsRoute, (context) => {
      const actor = context.get("actor");
      return sendChanges(
        context,
        () => listReviews(parts, actor),
        (changed) => parts.board.watch(tenantOf(actor), "prescriptions", changed),
      );
    })
    .openapi(decideRoute, async (context) => {
      await review(parts, context.get("actor"), context.req.valid("param").id, context.req.valid("json"));
      return context.body(null, 204);
    });
}
