import { createRoute, z } from "@hono/zod-openapi";
import type { Store } from "@yizhan/store";
import type { Board } from "../cases/board.ts";
import { status } from "../cases/schema.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { patientOf } from "./actor.ts";
import { askToBeForgotten, ownRecord, ownSummary, withdrawConsent } from "./record.ts";

const recordSchema = z
  .object({
    case: z.object({ caseNumber: z.string(), status, openedAt: z.string(), closedAt: z.string().optional() }),
    consents: z.array(
      z.object({ id: z.string(), at: z.string(), language: z.string(), version: z.string(), active: z.boolean() }),
    ),
    passkeys: z.int().openapi({ description: "Devices that open the record" }),
    forget: z
      .object({ at: z.string(), state: z.enum(["asked", "declined"]), answer: z.string().optional() })
      .optional()
      .openapi({ description: "A request to be forgotten" }),
  })
  .openapi("OwnRecord");

const bundleSchema = z
  .object({ resourceType: z.string().openapi({ example: "Bundle" }) })
  .openapi("FhirBundle", { additionalProperties: true });

const recordRoute = createRoute({
  ...secured("own.read"),
  method: "get",
  path: "/my/record",
  summary: "One's own case and consents",
  responses: { 200: json(recordSchema, "The record"), ...problems(401, 403, 404) },
});
const summaryRoute = createRoute({
  ...secured("own.read"),
  method: "get",
  path: "/my/summary",
  summary: "One's own International Patient Summary, a FHIR R4 document",
  responses: {
    200: {
      description: "A Bundle",
      content: { "application/fhir+json": { schema: bundleSchema } },
    },
    ...problems(401, 403, 404),
  },
});
const withdrawRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/consents/{id}/withdraw",
  summary: "Withdraw a consent; the coordinator is told",
  request: { params: z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) }) },
  responses: { 200: json(recordSchema, "The record"), ...problems(401, 403, 404, 409) },
});
const forgetRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/forget",
  summary: "Ask to be forgotten; a coordinator carries it out, or says why not",
  responses: { 200: json(recordSchema, "The record"), ...problems(401, 403, 404) },
});

export interface OwnRecordParts {
  readonly store: Store;
  readonly board: Board;
  /** The address of the FHIR API, for the summary's links. */
  readonly fhirBase: string;
}

/** A patient's own record. */
export function ownRecordRoutes({ store, board, fhirBase }: OwnRecordParts) {
  return apiPart()
    .openapi(recordRoute, async (context) => context.json(await ownRecord(store, patientOf(context.get("actor"))), 200))
    .openapi(summaryRoute, async (context) => {
      const bundle = await ownSummary(store, patientOf(context.get("actor")), fhirBase);
      return context.json(bundle, 200, { "content-type": "application/fhir+json; charset=utf-8" });
    })
    .openapi(withdrawRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      await withdrawConsent(store, actor, context.req.valid("param").id);
      board.tell(actor.tenant, "notices");
      return context.json(await ownRecord(store, actor), 200);
    })
    .openapi(forgetRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      await askToBeForgotten(store, actor);
      board.tell(actor.tenant, "notices");
      return context.json(await ownRecord(store, actor), 200);
    });
}
