import { createRoute, z } from "@hono/zod-openapi";
import type { Actor } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { note } from "../audit/note.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { listNotices, noticeKinds, readNotice, settleNotice } from "./notices.ts";
import type { CaseParts } from "./service.ts";

const noticeSchema = z
  .object({
    id: z.string(),
    kind: z.enum(noticeKinds),
    caseId: z.string(),
    caseNumber: z.string().optional(),
    account: z.object({ id: z.string(), name: z.string() }).optional(),
    reason: z.string(),
    at: z.string(),
    settled: z.boolean(),
  })
  .openapi("Notice");
const listSchema = z.object({ notices: z.array(noticeSchema) });
const params = z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) });

const listRoute = createRoute({
  ...secured("notice.review"),
  method: "get",
  path: "/notices",
  summary: "Broken glass, withdrawn consents and requests to be forgotten; newest first",
  responses: { 200: json(listSchema, "The notices"), ...problems(401, 403) },
});
const eventsRoute = createRoute({
  ...secured("notice.review"),
  method: "get",
  path: "/notices/events",
  summary: "The same as server-sent events: once now and on every change",
  responses: {
    200: { description: "The notices", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403),
  },
});
const settleRoute = createRoute({
  ...secured("notice.settle"),
  method: "post",
  path: "/notices/{id}/settle",
  summary: "Say that a notice was seen; a request to be forgotten is declined with a reason that the patient reads",
  request: { params, body: jsonBody(z.strictObject({ answer: z.string().trim().min(10).max(1_000).optional() })) },
  responses: { 204: { description: "Settled" }, ...problems(400, 401, 403, 404, 409) },
});
const forgetRoute = createRoute({
  ...secured("notice.settle"),
  method: "post",
  path: "/notices/{id}/forget",
  summary: "Carry out a request to be forgotten: the patient's key is destroyed. This cannot be undone",
  request: { params },
  responses: { 204: { description: "The patient is forgotten" }, ...problems(400, 401, 403, 404, 409) },
});

/** What coordinators hear of at once, and answer. */
export function notices({ store, board }: CaseParts) {
  async function shown(actor: Actor) {
    if (actor.kind === "anonymous") throw refused("not-signed-in");
    return store.transaction(
      async (tx) => {
        const found = await listNotices(tx);
        const names = await accountNames(tx.accounts);
        const list: z.output<typeof noticeSchema>[] = [];
        for (const { id, kind, caseId, patientId, account, reason, at, settled } of found) {
          await note(store, tx, { action: "notice.review", actor: actorName(actor), patient: patientId });
          const summary = (await tx.cases.byId(caseId))?.summary;
          list.push({
            id,
            kind,
            caseId,
            ...(summary === undefined ? {} : { caseNumber: summary.caseNumber }),
            ...(account === undefined ? {} : { account: { id: account, name: names.get(account) ?? "" } }),
            reason,
            at,
            settled,
          });
        }
        return { notices: list };
      },
      { tenant: actor.tenant },
    );
  }
  return apiPart()
    .openapi(listRoute, async (context) => context.json(await shown(context.get("actor")), 200))
    .openapi(eventsRoute, (context) => {
      const actor = context.get("actor");
      if (actor.kind === "anonymous") throw refused("not-signed-in");
      return sendChanges(
        context,
        () => shown(actor),
        (changed) => board.watch(actor.tenant, "notices", changed),
      );
    })
    .openapi(settleRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      const { answer } = context.req.valid("json");
      await store.transaction(
        async (tx) => {
          const found = await readNotice(tx, context.req.valid("param").id);
          const request = found.kind === "forget-request";
          if (found.settled || request !== (answer !== undefined)) {
            throw new Problem(409, "conflict", {
              remedy: "A request is declined with a reason; a notice is settled once, without one.",
            });
          }
          await settleNotice(tx, found.id, found.version, answer);
          const action = request ? "patient.forget-declined" : "notice.settle";
          await note(store, tx, { action, actor: actorName(actor), patient: found.patientId, detail: found.kind });
        },
        { tenant: actor.tenant },
      );
      board.tell(actor.tenant, "notices");
      return context.body(null, 204);
    })
    .openapi(forgetRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      const { tenant } = actor;
      const patientId = await store.transaction(
        async (tx) => {
          const found = await readNotice(tx, context.req.valid("param").id);
          if (found.kind !== "forget-request" || found.settled)
            throw new Problem(409, "conflict", { remedy: "This is no open request." });
          // In the log while the pseudonym can still be made; what follows may be repeated until it is done.
          await note(store, tx, { action: "patient.forget", actor: actorName(actor), patient: found.patientId });
          return found.patientId;
        },
        { tenant },
      );
      await store.forget(patientId, tenant);
      board.tell(tenant, "notices");
      board.tell(tenant, "cases");
      return context.body(null, 204);
    });
}
