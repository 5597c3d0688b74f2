import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import type { Board } from "../cases/board.ts";
import { tenantOf } from "../cases/service.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { guardBlocks } from "./blocks.ts";
import type { Guard } from "./guard.ts";

const blockSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["staff", "patient", "application", "anonymous"]),
    who: z.string().openapi({ description: "The account's or application's name, or the network address" }),
    rule: z.string().openapi({ description: "Id of the rule that was broken" }),
    at: z.string(),
    until: z.string().optional().openapi({ description: "When it ends by itself" }),
  })
  .openapi("Block");
const listSchema = z.object({ blocks: z.array(blockSchema) });

const listRoute = createRoute({
  ...secured("guard.manage"),
  method: "get",
  path: "/guard/blocks",
  summary: "Sessions, applications and addresses that the guard blocked",
  responses: { 200: json(listSchema, "The blocks, newest first"), ...problems(401, 403) },
});

const eventsRoute = createRoute({
  ...secured("guard.manage"),
  method: "get",
  path: "/guard/events",
  summary: "The same as server-sent events: once now and on every change",
  responses: {
    200: { description: "The blocks", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403),
  },
});

const liftRoute = createRoute({
  ...secured("guard.manage"),
  method: "post",
  path: "/guard/blocks/{id}/lift",
  summary: "Let whom the guard blocked go on",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 204: { description: "The block is lifted" }, ...problems(401, 403, 404) },
});

/** What administrators see of the guard. */
export function guardDesk(store: Store, guard: Guard, board: Board) {
  const shown = async (tenant: string) => ({ blocks: await guardBlocks(store, tenant) });
  return apiPart()
    .openapi(listRoute, async (context) => context.json(await shown(tenantOf(context.get("actor"))), 200))
    .openapi(eventsRoute, (context) => {
      const tenant = tenantOf(context.get("actor"));
      return sendChanges(
        context,
        () => shown(tenant),
        (changed) => board.watch(tenant, "guard", changed),
      );
    })
    .openapi(liftRoute, async (context) => {
      const lifted = await guard.lift(context.req.valid("param").id, context.get("actor"));
      if (!lifted) throw new Problem(404, "not-found");
      return context.body(null, 204);
    });
}
