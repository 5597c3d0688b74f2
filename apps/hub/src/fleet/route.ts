import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { signedIn } from "../accounts/authenticate.ts";
import type { CheckpointStore } from "@yizhan/store";
import type { HubEnv } from "../env.ts";
import type { Board } from "./board.ts";

const station = z
  .object({
    node: z.string(),
    status: z.enum(["healthy", "late", "down", "never"]),
    lastSeenAt: z.iso.datetime().nullable(),
    lagMs: z.int(),
    opened: z.int(),
    closed: z.int(),
    pendingEvents: z.int(),
    version: z.string().nullable(),
    auditLog: z
      .object({ entries: z.int(), at: z.iso.datetime(), contradicts: z.enum(["cut-back", "rewritten"]).nullable() })
      .nullable(),
  })
  .openapi("Station");
const fleetSchema = z.object({ stations: z.array(station), at: z.iso.datetime() }).openapi("Fleet");

const fleetRoute = createRoute({
  method: "get",
  path: "/fleet",
  summary: "Every station: whether it is heard from, what it has counted",
  responses: { 200: { description: "The fleet", content: { "application/json": { schema: fleetSchema } } } },
});

const checkpointsRoute = createRoute({
  method: "get",
  path: "/fleet/{node}/checkpoints",
  summary: "The signed checkpoints held of a station's audit log, for `yizhan audit verify --checkpoints`",
  request: { params: z.object({ node: z.string().regex(/^[A-Z]{2}$/) }) },
  responses: { 200: { description: "Notes, oldest first", content: { "text/plain": { schema: z.string() } } } },
});

/** How often a silent stream says that it lives, so that proxies keep it open. */
const keepAliveMs = 25_000;

export function fleetPages(board: Board, checkpoints: CheckpointStore): OpenAPIHono<HubEnv> {
  const app = new OpenAPIHono<HubEnv>();
  app.use("/fleet", signedIn("fleet"));
  app.use("/fleet/*", signedIn("fleet"));
  app.openapi(fleetRoute, async (context) => {
    const { stations, at } = await board.view();
    return context.json({ stations: [...stations], at }, 200);
  });
  app.openapi(checkpointsRoute, async (context) => {
    const held = await checkpoints.of(context.req.valid("param").node);
    return context.text(held.map(({ note }) => `${note}\n`).join(""), 200);
  });
  app.get("/fleet/events", (context) =>
    streamSSE(context, async (stream) => {
      const over = new Promise<void>((resolve) => stream.onAbort(resolve));
      const stop = board.watch((view) => void stream.writeSSE({ data: JSON.stringify(view) }));
      const beat = setInterval(() => void stream.write(": \n\n"), keepAliveMs);
      await over;
      clearInterval(beat);
      stop();
    }),
  );
  return app;
}
