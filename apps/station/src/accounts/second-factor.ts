import { createRoute, z } from "@hono/zod-openapi";
import { makeTotpSecret, totpAddress, verifyTotp } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { actorName } from "./actor-name.ts";

const startRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/totp",
  summary: "Begin with an authenticator app: its secret, shown once; nothing changes before the code is confirmed",
  responses: {
    200: json(z.object({ secret: z.string(), address: z.string().openapi({ example: "otpauth://totp/…" }) }), "For the app"),
    ...problems(401, 403, 409),
  },
});

const confirmRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/totp/confirm",
  summary: "Prove the authenticator app with one code; from now on signing in asks for one",
  request: { body: jsonBody(z.strictObject({ code: z.string().regex(/^\d{6}$/) })) },
  responses: { 204: { description: "The second factor holds" }, ...problems(400, 401, 403, 409) },
});

/** Enrolling a second factor. A secret that was not confirmed within ten minutes is forgotten, as it is by a restart. */
export function secondFactor(store: Store, issuer: string) {
  const begun = new Map<string, { readonly secret: string; readonly until: number; left: number }>();
  return apiPart()
    .openapi(startRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      const account = await store.direct(actor.tenant).accounts.byId(actor.accountId);
      if (account === undefined) throw refused("not-signed-in");
      if (account.totpSecret !== undefined) throw new Problem(409, "conflict", { remedy: "Remove the one there is first." });
      const secret = makeTotpSecret();
      begun.set(account.id, { secret, until: Date.now() + 600_000, left: 5 });
      return context.json({ secret, address: totpAddress(secret, issuer, account.name) }, 200);
    })
    .openapi(confirmRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      const one = begun.get(actor.accountId);
      if (one === undefined || one.until < Date.now() || one.left === 0) {
        throw new Problem(409, "conflict", { remedy: "Begin again with POST /api/me/totp." });
      }
      one.left -= 1;
      const totpStep = verifyTotp(one.secret, context.req.valid("json").code, Date.now());
      if (totpStep === undefined) throw new Problem(400, "bad-request", { details: [{ field: "code", code: "not-allowed" }] });
      begun.delete(actor.accountId);
      await store.transaction(
        async (tx) => {
          const account = await tx.accounts.byId(actor.accountId);
          if (account === undefined) throw refused("not-signed-in");
          await tx.accounts.update(account, { totpSecret: one.secret, totpStep });
          await note(store, tx, { action: "account.second-factor", actor: actorName(actor), detail: account.id });
        },
        { tenant: actor.tenant },
      );
      return context.body(null, 204);
    });
}
