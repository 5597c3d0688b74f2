import { createRoute, z } from "@hono/zod-openapi";
import { makeApplicationToken, parseScopes } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import { tenantOf } from "../cases/service.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.string().openapi({ example: "user/Patient.rs user/Observation.cruds" }),
    createdAt: z.string(),
    patientId: z.string().optional().openapi({ description: "The one patient whom scopes of the context `patient` reach" }),
    expiresAt: z.string().optional(),
    blockedAt: z.string().optional().openapi({ description: "When the guard blocked it" }),
    revokedAt: z.string().optional(),
  })
  .openapi("ApplicationToken");

const createBody = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z
      .string()
      .max(2_000)
      .refine((text) => parseScopes(text) !== undefined, { params: { field: "bad-form" } }),
    patientId: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,64}$/)
      .optional(),
    /** Days; a token that never ends is forgotten and found by someone else. */
    days: z.int().min(1).max(730).default(90),
  })
  .refine(({ scopes, patientId }) => patientId !== undefined || !/(^| )patient\//.test(scopes), {
    path: ["patientId"],
    params: { field: "required" },
  })
  .openapi("NewApplicationToken");

const listRoute = createRoute({
  ...secured("token.manage"),
  method: "get",
  path: "/tokens",
  summary: "Application tokens, without their secrets",
  responses: { 200: json(z.object({ tokens: z.array(tokenSchema) }), "The tokens"), ...problems(401, 403) },
});

const createTokenRoute = createRoute({
  ...secured("token.manage"),
  method: "post",
  path: "/tokens",
  summary: "Make an application token; its secret is shown this once",
  request: { body: jsonBody(createBody) },
  responses: { 201: json(z.object({ id: z.string(), secret: z.string() }), "The token"), ...problems(400, 401, 403) },
});

const revokeRoute = createRoute({
  ...secured("token.manage"),
  method: "post",
  path: "/tokens/{id}/revoke",
  summary: "Revoke an application token at once",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 204: { description: "Revoked" }, ...problems(401, 403, 404) },
});

const text = (date: Date | undefined, name: string) => (date === undefined ? {} : { [name]: date.toISOString() });

/** What administrators do with the tokens of hospital systems and scripts. */
export function tokens(store: Store) {
  return apiPart()
    .openapi(listRoute, async (context) => {
      const found = await store.direct(tenantOf(context.get("actor"))).applicationTokens.list();
      const shown = found.map(({ id, name, scopes, patientId, createdAt, expiresAt, blockedAt, revokedAt }) => ({
        id,
        name,
        scopes: scopes.join(" "),
        createdAt: createdAt.toISOString(),
        ...(patientId === undefined ? {} : { patientId }),
        ...text(blockedAt, "blockedAt"),
        ...text(expiresAt, "expiresAt"),
        ...text(revokedAt, "revokedAt"),
      }));
      return context.json({ tokens: shown }, 200);
    })
    .openapi(createTokenRoute, async (context) => {
      const { name, scopes, patientId, days } = context.req.valid("json");
      const tenant = tenantOf(context.get("actor"));
      const token = makeApplicationToken();
      const expiresAt = new Date(Date.now() + days * 86_400_000);
      const id = await store.transaction(
        async (tx) => {
          const made = await tx.applicationTokens.create({
            name,
            scopes: scopes.split(" ").filter((scope) => scope !== ""),
            ...(patientId === undefined ? {} : { patientId }),
            tokenHash: token.hash,
            expiresAt,
          });
          await note(store, tx, { action: "token.create", actor: actorName(context.get("actor")), detail: made.id });
          return made.id;
        },
        { tenant },
      );
      return context.json({ id, secret: token.secret }, 201);
    })
    .openapi(revokeRoute, async (context) => {
      const { id } = context.req.valid("param");
      const revoked = await store.transaction(
        async (tx) => {
          if (!(await tx.applicationTokens.revoke(id))) return false;
          await note(store, tx, { action: "token.revoke", actor: actorName(context.get("actor")), detail: id });
          return true;
        },
        { tenant: tenantOf(context.get("actor")) },
      );
      if (!revoked) throw new Problem(404, "not-found");
      return context.body(null, 204);
    });
}
