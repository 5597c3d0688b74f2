import { createRoute, z } from "@hono/zod-openapi";
import { guessLimiter, hashToken } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { sessionCookie } from "./authenticate.ts";
import { type Guesses, signIn } from "./sign-in.ts";
import { userOf, userSchema } from "./user.ts";

const answerSchema = z.object({ user: userSchema });

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
  summary: "Who is signed in",
  responses: { 200: json(answerSchema, "The account"), ...problems(401, 403) },
});

/** Sign-in, sign-out, who am I. `secure` marks the cookie for HTTPS only. */
export function accounts(store: Store, secure: boolean) {
  const guesses: Guesses = {
    pairs: guessLimiter({ limit: 10, windowMs: 15 * 60_000 }),
    names: guessLimiter({ limit: 100, windowMs: 15 * 60_000 }),
    // A clinic's staff share one address.
    addresses: guessLimiter({ limit: 100, windowMs: 15 * 60_000 }),
  };
  return apiPart()
    .openapi(signInRoute, async (context) => {
      const result = await signIn(store, guesses, { ...context.req.valid("json"), address: callerAddress(context) });
      if (result.kind === "too-many") {
        context.header("retry-after", String(Math.ceil(result.waitMs / 1000)));
        throw new Problem(429, "too-many");
      }
      if (result.kind === "code-needed") throw new Problem(401, "code-needed");
      if (result.kind === "wrong") throw new Problem(401, "sign-in-failed");
      setCookie(context, sessionCookie, result.secret, {
        httpOnly: true,
        sameSite: "Strict",
        secure,
        path: "/",
        expires: result.expiresAt,
      });
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
      const account = await store.direct().accounts.byId(actor.accountId);
      if (account === undefined) throw refused("not-signed-in");
      return context.json({ user: userOf(account) }, 200);
    });
}
