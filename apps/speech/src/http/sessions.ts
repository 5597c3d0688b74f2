import { Problem } from "@yizhan/http";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { CaptionEvent } from "@yizhan/meet";
import { canonicalTag } from "../captions/languages.ts";
import type { Registry } from "../sessions/registry.ts";

const tag = z
  .string()
  .refine((value) => canonicalTag(value) !== undefined)
  .transform((value) => canonicalTag(value) ?? value);
const languagesSchema = z
  .record(z.string().min(1).max(256), z.union([tag, z.object({ language: tag, name: z.string().max(200).optional() })]))
  .refine((people) => Object.keys(people).length <= 200);

/** Events that a slow watcher may have waiting before it is let go. */
const backlog = 2_000;
/** Milliseconds between comments that keep proxies from closing a quiet stream. */
const keepAlive = 15_000;

/** `/sessions`: who is in a call, who speaks what, and the stream of captions. */
export function sessionRoutes(registry: Registry): Hono {
  const routes = new Hono();

  routes.get("/", (context) =>
    context.json({
      sessions: registry
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
        })),
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
      participants: session.people.all().map(({ id, language }) => ({ id, language, captions: session.hears(language) })),
    });
  });

  routes.get("/:id/events", (context) => {
    const session = sessionOf(registry, context.req.param("id"));
    return streamSSE(context, async (stream) => {
      const waiting: CaptionEvent[] = [];
      let wake = () => {};
      const unwatch = session.watchers.watch((event) => {
        waiting.push(event);
        wake();
      });
      stream.onAbort(() => wake());
      try {
        while (!stream.aborted && waiting.length <= backlog) {
          const event = waiting.shift();
          if (event !== undefined) {
            await stream.writeSSE({ data: JSON.stringify(event) });
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
  });

  return routes;
}

function sessionOf(registry: Registry, id: string) {
  const session = id.length > 256 ? undefined : registry.open(id);
  if (session === undefined) throw new Problem(503, "too-many-sessions");
  return session;
}
