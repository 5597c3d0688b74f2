import { randomUUID } from "node:crypto";
import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { answered } from "../sessions/route.ts";
import type { SpeechClient } from "../sessions/speech-client.ts";
import type { Tickets } from "./tickets.ts";

const sessionId = z.string().regex(/^assisted-[0-9a-f-]{36}$/);

const tag = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "a BCP 47 tag");
const startSchema = z.strictObject({
  session: sessionId.optional(),
  /** Who speaks what, by the names the microphones will have. */
  languages: z.record(z.string().regex(/^[\w-]{1,64}$/), tag).optional(),
});

const ticketRoute = createRoute({
  ...secured("session.assist"),
  method: "post",
  path: "/assisted",
  summary: "Two people with one tablet: a session, and a ticket for one microphone's socket",
  request: {
    body: { required: true, content: { "application/json": { schema: startSchema } } },
  },
  responses: {
    200: json(z.object({ session: sessionId, ticket: z.string(), together: z.boolean() }), "Open the socket within 30 s"),
    ...problems(400, 401, 403, 503),
  },
});

const voicesRoute = createRoute({
  ...secured("session.assist"),
  method: "get",
  path: "/voices",
  summary: "Languages that the station reads aloud",
  responses: { 200: json(z.object({ languages: z.array(z.string()) }), "BCP 47 tags"), ...problems(401, 403, 503) },
});

const speakRoute = createRoute({
  ...secured("session.assist"),
  method: "post",
  path: "/voices/speak",
  summary: "A line read aloud, as a WAV file; nothing of it is kept",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ text: z.string().min(1).max(2_000), language: z.string().min(2).max(35) }),
        },
      },
    },
  },
  responses: {
    200: { description: "The sound", content: { "audio/wav": { schema: z.string() } } },
    ...problems(400, 401, 403, 404, 422, 503),
  },
});

/** Assisted mode: the clinic's staff and a patient share one tablet. */
export function assisted(store: Store, speech: SpeechClient | undefined, tickets: Tickets) {
  function service(): SpeechClient {
    if (speech === undefined) throw new Problem(503, "unavailable", { remedy: "This station has no speech service." });
    return speech;
  }
  return apiPart()
    .openapi(ticketRoute, async (context) => {
      service();
      const { session: given, languages } = context.req.valid("json");
      const session = given ?? `assisted-${randomUUID()}`;
      if (given === undefined) {
        const actor = actorName(context.get("actor"));
        await store.transaction((tx) => note(store, tx, { action: "session.assist", actor }));
      }
      const told = languages === undefined ? undefined : await answered(() => service().tell(session, languages));
      return context.json({ session, ticket: tickets.issue(session), together: told?.together ?? false }, 200);
    })
    .openapi(voicesRoute, async (context) => context.json({ languages: [...(await answered(() => service().voices()))] }, 200))
    .openapi(speakRoute, async (context) => {
      const { text, language } = context.req.valid("json");
      const sound = await answered(() => service().speak(text, language));
      return new Response(sound, { headers: { "content-type": "audio/wav", "cache-control": "no-store" } });
    });
}
