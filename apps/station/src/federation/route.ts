import { createRoute, z } from "@hono/zod-openapi";
import type { AgentStatus } from "@yizhan/federation";
import { apiPart, json, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";

const linkSchema = z
  .object({
    link: z.enum(["joining", "connected", "waiting", "closed", "none"]),
    pendingEvents: z.int().openapi({ description: "Events the hub has not acknowledged" }),
    lagMs: z.number().openapi({ description: "How long the oldest of them has waited" }),
    lastAckAt: z.string().optional(),
    lastError: z.string().optional(),
  })
  .openapi("Link");

const route = createRoute({
  ...secured("metrics.read"),
  method: "get",
  path: "/link",
  summary: "How the way to the hub stands",
  responses: { 200: json(linkSchema, "The link"), ...problems(401, 403) },
});

/** `status` is absent where the station works alone. */
export function linkStatus(status: (() => Promise<AgentStatus>) | undefined) {
  return apiPart().openapi(route, async (context) => {
    const { lastAckAt, lastError, ...link } = (await status?.()) ?? { link: "none" as const, pendingEvents: 0, lagMs: 0 };
    return context.json(
      { ...link, ...(lastAckAt === undefined ? {} : { lastAckAt }), ...(lastError === undefined ? {} : { lastError }) },
      200,
    );
  });
}
