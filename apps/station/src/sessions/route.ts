import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import { sendChanges } from "../http/events.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { type SpeechClient, SpeechError, sessionSchema } from "./speech-client.ts";

const listRoute = createRoute({
  ...secured("session.list"),
  method: "get",
  path: "/sessions",
  summary: "Conversations that run now",
  responses: {
    200: json(z.object({ sessions: z.array(sessionSchema.openapi("Session")) }), "The sessions"),
    ...problems(401, 403, 503),
  },
});

const listEventsRoute = createRoute({
  ...secured("session.list"),
  method: "get",
  path: "/sessions/events",
  summary: "The same as server-sent events: once now and on every change",
  responses: {
    200: { description: "The sessions", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403, 503),
  },
});

const eventsRoute = createRoute({
  ...secured("session.watch"),
  method: "get",
  path: "/sessions/{id}/events",
  summary: "A conversation's captions as server-sent events; each `data` is one CaptionEvent",
  request: { params: z.object({ id: z.string().min(1).max(200) }) },
  responses: {
    200: { description: "The captions", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(401, 403, 404, 503),
  },
});

/** The bridge from the speech service to the booth: its token never leaves the station. */
export function sessions(store: Store, speech: SpeechClient | undefined) {
  function service(): SpeechClient {
    if (speech === undefined) throw new Problem(503, "unavailable", { remedy: "This station has no speech service." });
    return speech;
  }
  return apiPart()
    .openapi(listRoute, async (context) => {
      const found = await answered(() => service().sessions());
      return context.json({ sessions: [...found] }, 200);
    })
    .openapi(listEventsRoute, async (context) => {
      let sessions = await answered(() => service().sessions());
      return sendChanges(
        context,
        async () => ({ sessions }),
        (changed) =>
          service().watchSessions((now) => {
            sessions = now;
            changed();
          }),
      );
    })
    .openapi(eventsRoute, async (context) => {
      const { id } = context.req.valid("param");
      const body = await answered(() => service().events(id, context.req.raw.signal));
      const actor = actorName(context.get("actor"));
      await store.transaction((tx) => note(store, tx, { action: "session.watch", actor }));
      return new Response(body, {
        headers: { "content-type": "text/event-stream", "cache-control": "no-cache", "x-accel-buffering": "no" },
      });
    });
}

export async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SpeechError)) throw error;
    if (error.code === "session-unknown" || error.code === "no-voice") throw new Problem(404, "not-found", { cause: error });
    if (error.code === "line-refused") throw new Problem(422, "bad-request", { cause: error });
    throw new Problem(503, "unavailable", { remedy: "The speech service does not answer: yizhan status.", cause: error });
  }
}
