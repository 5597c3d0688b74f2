import { createRoute, z } from "@hono/zod-openapi";
import { hashToken, makeSessionToken, type PatientActor } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { CaptionEvent } from "@yizhan/meet";
import type { Case, Transaction } from "@yizhan/store";
import { streamSSE } from "hono/streaming";
import { getCookie } from "hono/cookie";
import { patientCookie } from "../accounts/authenticate.ts";
import { giveCookie } from "../accounts/session.ts";
import { note } from "../audit/note.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { patientOf } from "../patients/actor.ts";
import { type CallParts, callOf, joined, meetOf, openOr409, tellDesk } from "./call.ts";
import { patientCaptions } from "./captions.ts";
import { grantSchema, joinedSchema, leftSchema, ownStateSchema, tag } from "./schema.ts";

/** Who waits and is then seen is not signed out meanwhile. */
const sessionMs = 3 * 3_600_000;
const path = "/api/my";

const waitRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/call/wait",
  summary: "Come into the waiting room: the session lasts three hours from now",
  responses: { 200: json(ownStateSchema, "How the call stands"), ...problems(401, 403, 404, 503) },
});
const eventsRoute = createRoute({
  ...secured("own.read"),
  method: "get",
  path: "/my/call/events",
  summary: "Wait: how the call stands as server-sent events; the desk sees the patient as long as it is read",
  responses: {
    200: { description: "How it stands", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403, 404, 503),
  },
});
const joinRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/call",
  summary: "Come into the room that a clinician has opened",
  responses: { 200: json(grantSchema, "A token for the room"), ...problems(401, 403, 404, 409, 503) },
});
const joinedRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/call/joined",
  summary: "Say under which name one is in the call, and what one speaks: captions need it",
  request: { body: jsonBody(joinedSchema) },
  responses: { 204: { description: "Told" }, ...problems(400, 401, 403, 404, 409) },
});
const leftRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/call/left",
  summary: "Say that one has left the call",
  request: { body: jsonBody(leftSchema) },
  responses: { 204: { description: "Told" }, ...problems(400, 401, 403, 404, 409) },
});
const captionsRoute = createRoute({
  ...secured("own.read"),
  method: "get",
  path: "/my/call/captions/events",
  summary: "What is said in one's call, in one's language; each `data` is one OwnCaption",
  request: { query: z.strictObject({ language: tag, participant: joinedSchema.shape.participant }) },
  responses: {
    200: { description: "The captions", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(400, 401, 403, 404, 409, 503),
  },
});

/** The patient's side of calls. `secure` marks the cookie for HTTPS only. */
export function patientCalls(parts: CallParts, secure: boolean) {
  const { store, presence, board } = parts;

  async function mine<T>(actor: PatientActor, work: (tx: Transaction, found: Case) => Promise<T>): Promise<T> {
    return store.transaction(
      async (tx) => {
        const found = await tx.cases.byId(actor.caseId);
        if (found === undefined) throw new Problem(404, "not-found");
        return work(tx, found);
      },
      { tenant: actor.tenant },
    );
  }
  const state = (actor: PatientActor) =>
    mine(actor, async (tx, found): Promise<z.output<typeof ownStateSchema>> => {
      const call = found.status === "open" ? await callOf(tx, found.id) : undefined;
      return {
        available: parts.meet !== undefined,
        captions: parts.speech !== undefined,
        state: found.status === "closed" ? "closed" : call === undefined ? "waiting" : "ready",
        people: call === undefined ? [] : presence.people(found.id).map(({ role }) => role),
      };
    });
  /** The call that goes on. Throws 409 where none does. */
  const running = (actor: PatientActor) =>
    mine(actor, async (tx, found) => {
      openOr409(found);
      const call = await callOf(tx, found.id);
      if (call === undefined) throw new Problem(409, "conflict", { remedy: "No clinician has opened the room." });
      return call;
    });

  return apiPart()
    .openapi(waitRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      meetOf(parts);
      const token = makeSessionToken();
      const expiresAt = new Date(Date.now() + sessionMs);
      await mine(actor, async (tx) => {
        await tx.patientSessions.create(token.hash, { patientId: actor.subject, caseId: actor.caseId }, expiresAt);
        const before = hashToken(getCookie(context, patientCookie) ?? "");
        if (before !== undefined) await tx.patientSessions.end(before);
        await note(store, tx, { action: "call.wait", actor: "patient", patient: actor.subject });
      });
      giveCookie(context, patientCookie, { secret: token.secret, expiresAt }, secure, path);
      return context.json(await state(actor), 200);
    })
    .openapi(eventsRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      meetOf(parts);
      await state(actor);
      return sendChanges(
        context,
        () => state(actor),
        (changed) => {
          const unwatch = board.watch(actor.tenant, "calls", changed);
          const leave = presence.enter(actor.caseId);
          const told = () => tellDesk(parts, actor.tenant);
          told();
          return () => {
            unwatch();
            leave();
            told();
          };
        },
      );
    })
    .openapi(joinRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const meet = meetOf(parts);
      const { room } = await running(actor);
      await mine(actor, (tx) => note(store, tx, { action: "call.join", actor: "patient", patient: actor.subject }));
      return context.json(await meet.grant(room, "patient"), 200);
    })
    .openapi(joinedRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const { participant, language } = context.req.valid("json");
      await joined(parts, actor, await running(actor), participant, { role: "patient", language });
      return context.body(null, 204);
    })
    .openapi(leftRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const { caseId } = await running(actor);
      if (presence.leave(caseId, context.req.valid("json").participant)) {
        await mine(actor, (tx) => note(store, tx, { action: "call.leave", actor: "patient", patient: actor.subject }));
        tellDesk(parts, actor.tenant);
      }
      return context.body(null, 204);
    })
    .openapi(captionsRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const { language, participant } = context.req.valid("query");
      const { speech } = parts;
      if (speech === undefined) throw new Problem(503, "unavailable", { remedy: "This station has no speech service." });
      const { room } = await running(actor);
      const caption = patientCaptions(language, participant);
      return streamSSE(context, async (stream) => {
        const { promise: over, resolve: end } = Promise.withResolvers<void>();
        let sending = Promise.resolve();
        const unwatch = speech.watch(room, (event: CaptionEvent) => {
          const line = caption(event);
          if (line === undefined) return;
          sending = sending.then(() => stream.writeSSE({ data: JSON.stringify(line) }).then(() => undefined)).catch(end);
        });
        stream.onAbort(end);
        await over;
        unwatch();
      });
    });
}
