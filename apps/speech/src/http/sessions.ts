import { Problem } from "@yizhan/http";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { canonicalTag } from "../captions/languages.ts";
import type { Registry } from "../sessions/registry.ts";

const tag = z
  .string()
  .refine((value) => canonicalTag(value) !== undefined)
  .transform((value) => canonicalTag(value) ?? value);
const languagesSchema = z
  .record(z.string().min(1).max(256), z.union([tag, z.object({ language: tag, name: z.string().max(200).optional() })]))
  .refine((people) => Object.keys(people).length <= 200);

const correctionSchema = z.strictObject({ text: z.string().trim().min(1).max(2_000), by: z.string().min(1).max(200) });

/** Events that a slow watcher may have waiting before it is let go. */
const backlog = 2_000;
/** Milliseconds between comments that keep proxies from closing a quiet stream. */
const keepAlive = 15_000;

/** `/sessions`: who is in a call, who speaks what, and the stream of captions. */
export function sessionRoutes(registry: Registry): Hono {
  const routes = new Hono();

  routes.get("/", (context) => context.json(sessionList(registry)));

  routes.get("/events", (context) =>
    eventStream(context, (send) => {
      let last = "";
      const look = () => {
        const now = JSON.stringify(sessionList(registry));
        if (now !== last) send(now);
        last = now;
      };
      look();
      return registry.watch(look);
    }),
  );

  routes.put("/:id/languages", async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const people = languagesSchema.safeParse(body);
    if (!people.success) {
      throw new Problem(422, "language-invalid", {
        remedy: 'Send { "<participant>": "pt" } or { "<participant>": { "language": "pt", "name": "…" } } with BCP 47 tags.',
      });
    }
    const session = sessionOf(registry, context.req.param("id"));
    for (const [id, told] of Object.entries(people.data)) {
      if (typeof told === "string") session.tell(id, { language: told });
      else session.tell(id, { language: told.language, ...(told.name === undefined ? {} : { name: told.name }) });
    }
    return context.json({
      together: session.hearsTogether(session.people.languages()),
      participants: session.people.all().map(({ id, language }) => ({ id, language, captions: session.hears(language) })),
    });
  });

  routes.put("/:id/lines/:segment", async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const correction = correctionSchema.safeParse(body);
    if (!correction.success) {
      throw new Problem(422, "correction-invalid", { remedy: 'Send { "text": "what was said", "by": "who says so" }.' });
    }
    const session = registry.find(context.req.param("id"));
    if (session?.correct(context.req.param("segment"), correction.data) !== true) throw new Problem(404, "not-found");
    return context.body(null, 204);
  });

  routes.get("/:id/events", (context) => {
    const session = sessionOf(registry, context.req.param("id"));
    return eventStream(context, (send) => session.watchers.watch((event) => send(JSON.stringify(event))));
  });

  return routes;
}

/** Every conversation that somebody is in or was. */
function sessionList(registry: Registry) {
  const sessions = registry
    .list()
    .filter((session) => session.people.all().length > 0)
    .map((session) => ({
      id: session.id,
      startedAt: session.startedAt,
      connected: session.connected,
      ended: session.ended,
      participants: session.people
        .all()
        .map((participant) => ({ ...participant, captions: session.hears(participant.language) })),
    }));
  return { sessions };
}

/** Server-sent events, each `data` what `watch` sends, until the reader leaves or falls too far behind. */
export function eventStream(context: Context, watch: (send: (data: string) => void) => () => void): Response {
  return streamSSE(context, async (stream) => {
    const waiting: string[] = [];
    let wake = () => {};
    const unwatch = watch((data) => {
      waiting.push(data);
      wake();
    });
    stream.onAbort(() => wake());
    try {
      while (!stream.aborted && waiting.length <= backlog) {
        const data = waiting.shift();
        if (data !== undefined) {
          await stream.writeSSE({ data });
          continue;
        }
        const comes = Promise.withResolvers<void>();
        wake = comes.resolve;
        const timer = setTimeout(comes.resolve, keepAlive);
        await comes.promise;
        clearTimeout(timer);
        if (!stream.aborted && waiting.length === 0) await stream.write(": still here\n\n");
      }
    } finally {
      unwatch();
    }
  });
}

function sessionOf(registry: Registry, id: string) {
  const session = id.length > 256 ? undefined : registry.open(id);
  if (session === undefined) throw new Problem(503, "too-many-sessions");
  return session;
}
