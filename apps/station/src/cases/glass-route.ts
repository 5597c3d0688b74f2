import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { demand, secured } from "../http/secured.ts";
import { writeNotice } from "./notices.ts";
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

/** Breaking the glass. The reason is kept sealed under the patient's key; the audit log says that it happened. */
export function brokenGlass({ store, glass, board }: CaseParts) {
  return apiPart().openapi(breakRoute, async (context) => {
    const actor = context.get("actor");
    const { id } = context.req.valid("param");
    const { reason } = context.req.valid("json");
    if (actor.kind !== "staff") throw new Problem(403, "forbidden");
    const { tenant, accountId } = actor;
    await store.transaction(
      async (tx) => {
        const found = await tx.cases.byId(id);
        if (found === undefined) throw new Problem(404, "not-found");
        const { patientId } = found;
        demand(actor, "case.break-glass", { tenant, subject: patientId });
        await writeNotice(tx, { kind: "break-glass", patientId, caseId: id, account: accountId, reason });
        await note(store, tx, { action: "case.break-glass", actor: actorName(actor), patient: patientId, detail: id });
      },
      { tenant },
    );
    const until = glass.break(id, accountId);
    board.tell(tenant, "notices");
    return context.json({ until: until.toISOString() }, 200);
  });
}
