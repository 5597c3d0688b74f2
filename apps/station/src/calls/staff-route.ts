import { createRoute, z } from "@hono/zod-openapi";
import type { Actor } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Transaction } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { inCase, tenantOf } from "../cases/service.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { type Call, type CallParts, callOf, callRole, endCall, enterCall, joined, ownCall, startCall, tellDesk } from "./call.ts";
import { grantSchema, joinedSchema, leftSchema, stateSchema } from "./schema.ts";

const caseId = z.object({ id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) });
const room = z.object({ id: z.string().min(1).max(200) });
const none = (what: string) => ({ 204: { description: what }, ...problems(400, 401, 403, 404, 503) });

const stateRoute = createRoute({
  ...secured("case.read"),
  method: "get",
  path: "/cases/{id}/call",
  summary: "Whether the patient waits for a call, and who is in it",
  request: { params: caseId },
  responses: { 200: json(stateSchema, "How it stands"), ...problems(401, 403, 404) },
});
const eventsRoute = createRoute({
  ...secured("case.read"),
  method: "get",
  path: "/cases/{id}/call/events",
  summary: "The same as server-sent events: once now and on every change",
  request: { params: caseId },
  responses: {
    200: { description: "How it stands", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403, 404),
  },
});
const startRoute = createRoute({
  ...secured("call.start"),
  method: "post",
  path: "/cases/{id}/call",
  summary: "Open a room for the case, or come into the one that is open; a waiting patient is told at once",
  request: { params: caseId },
  responses: { 200: json(grantSchema, "A token for the room"), ...problems(401, 403, 404, 409, 503) },
});
const endRoute = createRoute({
  ...secured("call.end"),
  method: "post",
  path: "/cases/{id}/call/end",
  summary: "End the case's call for everyone",
  request: { params: caseId },
  responses: { 204: { description: "It is over" }, ...problems(401, 403, 404) },
});
const ofSessionRoute = createRoute({
  ...secured("call.join"),
  method: "get",
  path: "/sessions/{id}/call",
  summary: "Whether a conversation is a call that one may come into",
  request: { params: room },
  responses: { 200: json(z.object({ open: z.boolean() }), "Whether"), ...problems(401, 403) },
});
const enterRoute = createRoute({
  ...secured("call.join"),
  method: "post",
  path: "/sessions/{id}/call",
  summary: "Come into a call; interpreters into every one, others into their cases'",
  request: { params: room },
  responses: { 200: json(grantSchema, "A token for the room"), ...problems(401, 403, 404, 503) },
});
const joinedRoute = createRoute({
  ...secured("call.join"),
  method: "post",
  path: "/sessions/{id}/call/joined",
  summary: "Say under which name one is in the call, and what one speaks: captions need it",
  request: { params: room, body: jsonBody(joinedSchema) },
  responses: none("Told"),
});
const leftRoute = createRoute({
  ...secured("call.join"),
  method: "post",
  path: "/sessions/{id}/call/left",
  summary: "Say that one has left the call",
  request: { params: room, body: jsonBody(leftSchema) },
  responses: none("Told"),
});

/** The staff's side of calls. */
export function staffCalls(parts: CallParts) {
  const { store, presence, board } = parts;

  function stateOf(id: string, call: Call | undefined): z.output<typeof stateSchema> {
    return {
      available: parts.meet !== undefined,
      ...(call === undefined ? {} : { call: { room: call.room, startedAt: call.startedAt } }),
      patient: presence.patient(id) ?? "away",
      people: call === undefined ? [] : [...presence.people(id)],
    };
  }
  const state = (actor: Actor, id: string) =>
    inCase(parts, actor, "case.read", id, async (tx) => stateOf(id, await callOf(tx, id)), "call");
  const reading = <T>(actor: Actor, work: (tx: Transaction) => Promise<T>) =>
    store.transaction(work, { tenant: tenantOf(actor) });

  return apiPart()
    .openapi(stateRoute, async (context) => context.json(await state(context.get("actor"), context.req.valid("param").id), 200))
    .openapi(eventsRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      let first: z.output<typeof stateSchema> | undefined = await state(actor, id);
      return sendChanges(
        context,
        async () => {
          const now = first ?? stateOf(id, await reading(actor, (tx) => callOf(tx, id)));
          first = undefined;
          return now;
        },
        (changed) => board.watch(tenantOf(actor), "calls", changed),
      );
    })
    .openapi(startRoute, async (context) =>
      context.json(await startCall(parts, context.get("actor"), context.req.valid("param").id), 200),
    )
    .openapi(endRoute, async (context) => {
      await endCall(parts, context.get("actor"), context.req.valid("param").id);
      return context.body(null, 204);
    })
    .openapi(ofSessionRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      const open = await reading(actor, (tx) => ownCall(parts, tx, actor, id)).then(
        () => parts.meet !== undefined,
        (error: unknown) => {
          if (error instanceof Problem && error.status < 500) return false;
          throw error;
        },
      );
      return context.json({ open }, 200);
    })
    .openapi(enterRoute, async (context) =>
      context.json(await enterCall(parts, context.get("actor"), context.req.valid("param").id), 200),
    )
    .openapi(joinedRoute, async (context) => {
      const actor = context.get("actor");
      const { participant, language } = context.req.valid("json");
      const role = callRole(actor);
      const call = await reading(actor, (tx) => ownCall(parts, tx, actor, context.req.valid("param").id));
      await joined(parts, actor, call, participant, { role, language });
      return context.body(null, 204);
    })
    .openapi(leftRoute, async (context) => {
      const actor = context.get("actor");
      const { participant } = context.req.valid("json");
      await reading(actor, async (tx) => {
        const call = await ownCall(parts, tx, actor, context.req.valid("param").id);
        if (!presence.leave(call.caseId, participant)) return;
        await note(store, tx, { action: "call.leave", actor: actorName(actor), patient: call.patientId });
      });
      tellDesk(parts, tenantOf(actor));
      return context.body(null, 204);
    });
}
