import { createRoute, z } from "@hono/zod-openapi";
import type { Store } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { tenantOf } from "../cases/service.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { note } from "./note.ts";
import { readAudit } from "./read.ts";

const entrySchema = z
  .object({
    index: z.int(),
    at: z.string(),
    action: z.string(),
    actor: z.object({ kind: z.string(), name: z.string() }),
    subject: z.string().optional().openapi({ description: "The patient's pseudonym; it dies with the patient's key" }),
    type: z.string().optional(),
    detail: z.string().optional(),
    outcome: z.enum(["done", "refused"]),
    grave: z.boolean().openapi({ description: "Broken glass, blocks and what cannot be undone" }),
  })
  .openapi("AuditEntry");

const route = createRoute({
  ...secured("audit.read"),
  method: "get",
  path: "/audit",
  summary: "The organisation's audit log, newest first, 100 a page",
  request: {
    query: z.strictObject({
      before: z.coerce.number().int().min(0).optional().openapi({ description: "`next` of the page before" }),
      grave: z.enum(["1"]).optional().openapi({ description: "Only what stands out" }),
    }),
  },
  responses: {
    200: json(z.object({ entries: z.array(entrySchema), next: z.int().optional() }), "The entries"),
    ...problems(400, 401, 403),
  },
});

/** What coordinators and administrators read of the audit log; that they did is in it. */
export function auditDesk(store: Store) {
  return apiPart().openapi(route, async (context) => {
    const actor = context.get("actor");
    const tenant = tenantOf(actor);
    const { before, grave } = context.req.valid("query");
    const { entries, next } = await readAudit(store, tenant, { before, onlyGrave: grave === "1" });
    await store.transaction((tx) => note(store, tx, { action: "audit.read", actor: actorName(actor) }), { tenant });
    return context.json({ entries, ...(next === undefined ? {} : { next }) }, 200);
  });
}
