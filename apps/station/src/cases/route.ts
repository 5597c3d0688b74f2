import { createRoute, z } from "@hono/zod-openapi";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { caseListSchema, caseRowSchema, caseSchema, closeSchema, status } from "./schema.ts";
import { type CaseParts, claimCase, closeCase, listCases, readCase } from "./service.ts";

const params = z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) });

const listRoute = createRoute({
  ...secured("case.list"),
  method: "get",
  path: "/cases",
  summary: "The worklist, newest first, 50 a page",
  request: {
    query: z.strictObject({
      status: status.default("open"),
      name: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .openapi({ description: "Words of the name, or their first three letters or more" }),
      caseNumber: z.string().min(1).max(40).optional(),
      cursor: z.string().min(1).max(400).optional(),
    }),
  },
  responses: { 200: json(caseListSchema, "The cases"), ...problems(400, 401, 403) },
});

const readRoute = createRoute({
  ...secured("case.read"),
  method: "get",
  path: "/cases/{id}",
  summary: "One case with what its patient said",
  request: { params },
  responses: { 200: json(caseSchema, "The case"), ...problems(400, 401, 403, 404) },
});

const claimRoute = createRoute({
  ...secured("case.claim"),
  method: "post",
  path: "/cases/{id}/claim",
  summary: "Take a waiting case",
  request: { params },
  responses: { 200: json(z.object({ case: caseRowSchema }), "The case is yours"), ...problems(400, 401, 403, 404, 409) },
});

const closeRoute = createRoute({
  ...secured("case.close"),
  method: "post",
  path: "/cases/{id}/close",
  summary: "Close an open case",
  request: { params, body: jsonBody(closeSchema) },
  responses: { 200: json(z.object({ case: caseRowSchema }), "The case is closed"), ...problems(400, 401, 403, 404, 409) },
});

/** The staff's side of cases. `closed` is told of each closed case, after it is safe. */
export function cases(parts: CaseParts, closed: () => void) {
  return apiPart()
    .openapi(listRoute, async (context) => {
      const query = context.req.valid("query");
      const page = await listCases(parts, context.get("actor"), query);
      if (query.caseNumber !== undefined && page.cases.length === 0) {
        await parts.guard.check(context.get("actor"), callerAddress(context), "lookup.missed", "case-number");
      }
      return context.json({ cases: page.cases, ...(page.next === undefined ? {} : { next: page.next }) }, 200);
    })
    .openapi(readRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      await parts.guard.check(actor, callerAddress(context), "patient.opened", id);
      return context.json(await readCase(parts, actor, id), 200);
    })
    .openapi(claimRoute, async (context) =>
      context.json({ case: await claimCase(parts, context.get("actor"), context.req.valid("param").id) }, 200),
    )
    .openapi(closeRoute, async (context) => {
      const row = await closeCase(parts, context.get("actor"), context.req.valid("param").id, context.req.valid("json"));
      closed();
      return context.json({ case: row }, 200);
    });
}
