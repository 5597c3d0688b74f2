import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { demand, secured } from "../http/secured.ts";
import { glassNotices } from "./glass-notices.ts";
import type { CaseParts } from "./service.ts";

const breakRoute = createRoute({
  ...secured("case.break-glass"),
  method: "post",
  path: "/cases/{id}/break-glass",
  summary: "Open a case that was not given to you, for an hour, with a reason that the coordinator reads",
  request: {
    params: z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) }),
    body: jsonBody(z.strictObject({ reason: z.string().trim().min(10).max(500) })),
  },
  responses: { 200: json(z.object({ until: z.string() }), "The case may be opened"), ...problems(400, 401, 403, 404) },
});

const noticeSchema = z
  .object({ id: z.string(), caseId: z.string(), account: z.string(), reason: z.string(), at: z.string() })
  .openapi("BrokenGlass");

const listRoute = createRoute({
  ...secured("notice.review"),
  method: "get",
  path: "/broken-glass",
  summary: "Who opened a case that was not theirs, and why; newest first",
  responses: { 200: json(z.object({ notices: z.array(noticeSchema) }), "The notices"), ...problems(401, 403) },
});

/** Breaking the glass. The reason is kept sealed under the patient's key; the audit log says that it happened. */
export function brokenGlass({ store, at, glass }: CaseParts) {
  return apiPart()
    .openapi(breakRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      const { reason } = context.req.valid("json");
      if (actor.kind !== "staff") throw new Problem(403, "forbidden");
      await store.transaction(async (tx) => {
        const found = await tx.cases.byId(id);
        if (found === undefined) throw new Problem(404, "not-found");
        demand(actor, "case.break-glass", { tenant: at.tenant, subject: found.patientId });
        await tx.resources.create({
          resourceType: "Communication",
          status: "completed",
          priority: "urgent",
          category: [{ coding: [{ system: "urn:yizhan:notice", code: "break-glass" }] }],
          subject: { reference: `Patient/${found.patientId}` },
          basedOn: [{ reference: `ServiceRequest/${id}` }],
          sender: { identifier: { system: "urn:yizhan:account", value: actor.accountId } },
          sent: new Date().toISOString(),
          payload: [{ contentString: reason }],
        });
        await note(store, tx, { action: "case.break-glass", actor: actorName(actor), patient: found.patientId, detail: id });
      });
      const until = glass.break(id, actor.accountId);
      return context.json({ until: until.toISOString() }, 200);
    })
    .openapi(listRoute, async (context) => {
      const actor = context.get("actor");
      const notices = await store.transaction(async (tx) => {
        const found = await glassNotices(tx);
        for (const one of found)
          await note(store, tx, { action: "glass.review", actor: actorName(actor), patient: one.patientId });
        return found.map(({ id, caseId, account, reason, at }) => ({ id, caseId, account, reason, at }));
      });
      return context.json({ notices }, 200);
    });
}
