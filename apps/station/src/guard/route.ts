import { createRoute, z } from "@hono/zod-openapi";
import { staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { streamSSE } from "hono/streaming";
import { userOf } from "../accounts/user.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import type { Guard } from "./guard.ts";

const blockSchema = z
  .object({
    sessionId: z.string(),
    account: z.object({ id: z.string(), name: z.string(), role: staffRoleSchema }),
    rule: z.string().openapi({ description: "Id of the rule that was broken" }),
    at: z.string(),
  })
  .openapi("Block");
const listSchema = z.object({ blocks: z.array(blockSchema) });

const listRoute = createRoute({
  ...secured("guard.manage"),
  method: "get",
  path: "/guard/blocks",
  summary: "Sessions that the guard blocked",
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
  path: "/guard/blocks/{sessionId}/lift",
  summary: "Let a blocked session go on",
  request: { params: z.object({ sessionId: z.string().min(1).max(100) }) },
  responses: { 204: { description: "The block is lifted" }, ...problems(401, 403, 404) },
});

/** What administrators see of the guard. */
export function guardDesk(store: Store, guard: Guard) {
  async function blocks() {
    const { sessions, accounts } = store.direct();
    const found: z.output<typeof blockSchema>[] = [];
    for (const { id, accountId, blockedAt, blockedReason } of await sessions.blocked()) {
      const account = await accounts.byId(accountId);
      if (account === undefined || blockedAt === undefined) continue;
      const { name, role } = userOf(account);
      found.push({
        sessionId: id,
        account: { id: accountId, name, role },
        rule: blockedReason ?? "",
        at: blockedAt.toISOString(),
      });
    }
    return { blocks: found.reverse() };
  }
  return apiPart()
    .openapi(listRoute, async (context) => context.json(await blocks(), 200))
    .openapi(eventsRoute, (context) =>
      streamSSE(context, async (stream) => {
        const { promise: ended, resolve: end } = Promise.withResolvers<void>();
        let sending = Promise.resolve();
        const send = () => {
          sending = sending.then(async () => stream.writeSSE({ data: JSON.stringify(await blocks()) })).catch(end);
        };
        const stop = guard.watchChanges(send);
        stream.onAbort(end);
        send();
        await ended;
        stop();
      }),
    )
    .openapi(liftRoute, async (context) => {
      const lifted = await guard.lift(context.req.valid("param").sessionId, context.get("actor"));
      if (!lifted) throw new Problem(404, "not-found");
      return context.body(null, 204);
    });
}
