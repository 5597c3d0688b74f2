import { createRoute, z } from "@hono/zod-openapi";
import { hashToken } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { deleteCookie, getCookie } from "hono/cookie";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { sessionCookie } from "./authenticate.ts";
import { licenceOf, licenceSchema } from "./licence.ts";
import { giveCookie } from "./session.ts";
import { signIn } from "./sign-in.ts";
import { userOf, userSchema } from "./user.ts";

const answerSchema = z.object({ user: userSchema });
const meSchema = z.object({ user: userSchema, secondFactor: z.boolean(), licence: licenceSchema.optional() }).openapi("Me");

const signInRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/sign-in",
  summary: "Sign in with name, passphrase and, where the account has one, the code of an authenticator app",
  request: {
    body: jsonBody(
      z.strictObject({
        name: z.string().min(1).max(200),
        passphrase: z.string().min(1).max(1_000),
        code: z
          .string()
          .regex(/^\d{6}$/)
          .optional(),
      }),
    ),
  },
  responses: { 200: json(answerSchema, "Signed in; the session is in a cookie"), ...problems(400, 401, 429) },
});

const signOutRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/sign-out",
  summary: "End the session",
  responses: { 204: { description: "Signed out" } },
});

const meRoute = createRoute({
  ...secured("signed-in"),
  method: "get",
  path: "/me",
  summary: "Who is signed in, and how their licence stands",
  responses: { 200: json(meSchema, "The account"), ...problems(401, 403) },
});

/** Sign-in, sign-out, who am I. `secure` marks the cookie for HTTPS only. */
export function accounts(store: Store, secure: boolean) {
  return apiPart()
    .openapi(signInRoute, async (context) => {
      const result = await signIn(store, { ...context.req.valid("json"), address: callerAddress(context) });
      if (result.kind === "too-many") {
        context.header("retry-after", String(Math.ceil(result.waitMs / 1000)));
        throw new Problem(429, "too-many");
      }
      if (result.kind === "code-needed") throw new Problem(401, "code-needed");
      if (result.kind === "wrong") throw new Problem(401, "sign-in-failed");
      giveCookie(context, sessionCookie, result.session, secure);
      return context.json({ user: result.user }, 200);
    })
    .openapi(signOutRoute, async (context) => {
      const hash = hashToken(getCookie(context, sessionCookie) ?? "");
      if (hash !== undefined) await store.direct().sessions.end(hash);
      deleteCookie(context, sessionCookie, { path: "/" });
      return context.body(null, 204);
    })
    .openapi(meRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      const account = await store.direct(actor.tenant).accounts.byId(actor.accountId);
      if (account === undefined) throw refused("not-signed-in");
      const licence = licenceOf(account);
      const secondFactor = account.totpSecret !== undefined;
      return context.json({ user: userOf(account), secondFactor, ...(licence === undefined ? {} : { licence }) }, 200);
    });
}
