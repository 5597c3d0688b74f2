import { createRoute, z } from "@hono/zod-openapi";
import type { Presence } from "../calls/presence.ts";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { type CaseRow, caseListSchema, caseRowSchema, caseSchema, closeSchema, status } from "./schema.ts";
import { sendChanges } from "../http/events.ts";
import {
  type CaseParts,
  claimCase,
  closeCase,
  giveCase,
  listCases,
  newCode,
  readCase,
  releaseCase,
  tenantOf,
} from "./service.ts";

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

const taken = { 200: json(z.object({ case: caseRowSchema }), "The case as it is now"), ...problems(400, 401, 403, 404, 409) };

const giveRoute = createRoute({
  ...secured("case.assign"),
  method: "post",
  path: "/cases/{id}/give",
  summary: "Give a case to a colleague",
  request: { params, body: jsonBody(z.strictObject({ to: z.string().regex(/^[A-Za-z0-9-]{1,64}$/) })) },
  responses: taken,
});

const releaseRoute = createRoute({
  ...secured("case.assign"),
  method: "post",
  path: "/cases/{id}/release",
  summary: "Put a case back among those that wait",
  request: { params },
  responses: taken,
});

const codeRoute = createRoute({
  ...secured("case.code"),
  method: "post",
  path: "/cases/{id}/code",
  summary: "A new one-time code, to be told to the patient only; every earlier one is dead",
  request: { params },
  responses: {
    200: json(z.object({ caseNumber: z.string(), accessCode: z.string() }), "The code"),
    ...problems(401, 403, 404, 409),
  },
});

const colleaguesRoute = createRoute({
  ...secured("case.assign"),
  method: "get",
  path: "/colleagues",
  summary: "Clinicians who may be given a case",
  responses: {
    200: json(z.object({ colleagues: z.array(z.object({ id: z.string(), name: z.string() })) }), "The clinicians"),
    ...problems(401, 403),
  },
});

const eventsRoute = createRoute({
  ...secured("case.list"),
  method: "get",
  path: "/cases/events",
  summary: "Server-sent events: that the worklist changed, and when; the list itself is asked for anew",
  responses: {
    200: { description: "The moments", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403),
  },
});

/** The staff's side of cases. `closed` is told of each closed case, after it is safe. */
export function cases(parts: CaseParts & { readonly presence: Presence }, closed: () => void) {
  const withCall = (row: CaseRow): CaseRow => {
    const inCall = parts.presence.patient(row.id);
    return inCall === undefined ? row : { ...row, inCall };
  };
  return apiPart()
    .openapi(listRoute, async (context) => {
      const query = context.req.valid("query");
      const page = await listCases(parts, context.get("actor"), query);
      if (query.caseNumber !== undefined && page.cases.length === 0) {
        await parts.guard.check(context.get("actor"), callerAddress(context), "lookup.missed", "case-number");
      }
      return context.json({ cases: page.cases.map(withCall), ...(page.next === undefined ? {} : { next: page.next }) }, 200);
    })
    .openapi(eventsRoute, (context) =>
      sendChanges(
        context,
        () => Promise.resolve({ at: new Date().toISOString() }),
        (changed) => parts.board.watch(tenantOf(context.get("actor")), "cases", changed),
      ),
    )
    .openapi(readRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      await parts.guard.check(actor, callerAddress(context), "patient.opened", id);
      return context.json(await readCase(parts, actor, id), 200);
    })
    .openapi(claimRoute, async (context) =>
      context.json({ case: await claimCase(parts, context.get("actor"), context.req.valid("param").id) }, 200),
    )
    .openapi(giveRoute, async (context) => {
      const { to } = context.req.valid("json");
      return context.json({ case: await giveCase(parts, context.get("actor"), context.req.valid("param").id, to) }, 200);
    })
    .openapi(releaseRoute, async (context) =>
      context.json({ case: await releaseCase(parts, context.get("actor"), context.req.valid("param").id) }, 200),
    )
    .openapi(codeRoute, async (context) =>
      context.json(await newCode(parts, context.get("actor"), context.req.valid("param").id), 200),
    )
    .openapi(colleaguesRoute, async (context) => {
      const all = await parts.store.direct(tenantOf(context.get("actor"))).accounts.list();
      const able = all.filter(
        ({ role, disabledAt, credentials }) =>
          role === "clinician" && disabledAt === undefined && (credentials?.expiresAt ?? Infinity) > Date.now(),
      );
      return context.json({ colleagues: able.map(({ id, name }) => ({ id, name })) }, 200);
    })
    .openapi(closeRoute, async (context) => {
      const row = await closeCase(parts, context.get("actor"), context.req.valid("param").id, context.req.valid("json"));
      parts.presence.clear(row.id);
      parts.board.tell(tenantOf(context.get("actor")), "calls");
      closed();
      return context.json({ case: row }, 200);
    });
}
