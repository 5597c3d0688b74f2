import { createRoute, z } from "@hono/zod-openapi";
import { rotationKinds, type Store } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { tenantOf } from "../cases/service.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import type { KeyExchange } from "./exchange.ts";

const step = z.enum(["staged", "promoted", "swept"]).optional();
const stateSchema = z
  .object({
    index: step,
    records: step,
    root: z.enum(["running"]).optional(),
    roots: z.int().openapi({ description: "Roots that some key is still wrapped with: at 1, the old one may be dropped" }),
  })
  .openapi("KeyExchange");
const answer = (description: string) => ({ ...json(stateSchema, description) });

const stateRoute = createRoute({
  ...secured("key.manage"),
  method: "get",
  path: "/keys",
  summary: "Which exchanges of keys are under way, and how far they are",
  responses: { 200: answer("What is under way"), ...problems(401, 403) },
});

const rotateRoute = createRoute({
  ...secured("key.manage"),
  method: "post",
  path: "/keys/rotate",
  summary:
    "Exchange keys: `index`, the search index's key; `records`, every patient's key and the station's own, with the rows that they seal; `root`, after a start with a new root: every key is wrapped anew, no row changes. It serves meanwhile, and goes on over restarts, for `root` when it is asked again",
  request: { body: jsonBody(z.strictObject({ what: z.enum(rotationKinds) })) },
  responses: { 202: answer("It has begun, or goes on"), ...problems(400, 401, 403) },
});

/** The one door to exchanging keys. */
export function keyDesk(store: Store, keys: KeyExchange) {
  const shown = async () => stateSchema.parse(await keys.state());
  return apiPart()
    .openapi(stateRoute, async (context) => context.json(await shown(), 200))
    .openapi(rotateRoute, async (context) => {
      const actor = context.get("actor");
      const { what } = context.req.valid("json");
      const entry = { action: "key.rotate", actor: actorName(actor), detail: what };
      await store.transaction((tx) => note(store, tx, entry), { tenant: tenantOf(actor) });
      keys.start(what);
      return context.json(await shown(), 202);
    });
}
