import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import { streamSSE } from "hono/streaming";
import { signedIn } from "../accounts/authenticate.ts";
import type { CheckpointStore } from "@yizhan/store";
import type { HubEnv } from "../env.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
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
      .object({
        entries: z.int(),
        at: z.iso.datetime(),
        contradicts: z.enum(["cut-back", "rewritten"]).nullable(),
        checkpoint: z.int(),
        acknowledged: z.object({ by: z.string(), at: z.iso.datetime(), reason: z.string() }).nullable(),
      })
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

const nodeParam = z.object({ node: z.string().regex(/^[A-Z]{2}$/) });

const checkpointsRoute = createRoute({
  method: "get",
  path: "/fleet/{node}/checkpoints",
  summary: "The signed checkpoints held of a station's audit log, for `yizhan audit verify --checkpoints`",
  request: { params: nodeParam },
  responses: { 200: { description: "Notes, oldest first", content: { "text/plain": { schema: z.string() } } } },
});

const checkpointNumber = z.int().min(1).openapi({ description: "As `auditLog.checkpoint` says" });
const told = { 204: { description: "It is said on the fleet page" }, 409: { description: "Another checkpoint came meanwhile" } };

const acknowledgeRoute = createRoute({
  method: "post",
  path: "/fleet/{node}/audit-log/acknowledge",
  summary: "Say why a station's audit log is shorter, or another, than it was: for administrators",
  request: {
    params: nodeParam,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ checkpoint: checkpointNumber, reason: z.string().trim().min(10).max(500) }),
        },
      },
    },
  },
  responses: told,
});

const takeBackRoute = createRoute({
  method: "post",
  path: "/fleet/{node}/audit-log/take-back",
  summary: "Take an acknowledgement back: for administrators",
  request: {
    params: nodeParam,
    body: { required: true, content: { "application/json": { schema: z.strictObject({ checkpoint: checkpointNumber }) } } },
  },
  responses: told,
});

/** How often a silent stream says that it lives, so that proxies keep it open. */
const keepAliveMs = 25_000;

export function fleetPages(board: Board, checkpoints: CheckpointStore, acknowledgements: Acknowledgements): OpenAPIHono<HubEnv> {
  const app = new OpenAPIHono<HubEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new Problem(400, "bad-request", { cause: result.error });
    },
  });
  app.use("/fleet", signedIn("fleet"));
  app.use("/fleet/*", signedIn("fleet"));
  app.use("/fleet/:node/audit-log/*", signedIn("acknowledge"));
  app.openapi(fleetRoute, async (context) => {
    const { stations, at } = await board.view();
    return context.json({ stations: [...stations], at }, 200);
  });
  app.openapi(checkpointsRoute, async (context) => {
    const held = await checkpoints.of(context.req.valid("param").node);
    return context.text(held.map(({ note }) => `${note}\n`).join(""), 200);
  });
  app.openapi(acknowledgeRoute, async (context) => {
    const { checkpoint, reason } = context.req.valid("json");
    const about = { node: context.req.valid("param").node, checkpoint };
    await acknowledgements.give(context.get("actor"), about, reason);
    board.changed();
    return context.body(null, 204);
  });
  app.openapi(takeBackRoute, async (context) => {
    const { checkpoint } = context.req.valid("json");
    await acknowledgements.takeBack(context.get("actor"), { node: context.req.valid("param").node, checkpoint });
    board.changed();
    return context.body(null, 204);
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
