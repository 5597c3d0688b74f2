import { type Actor, hashToken, parseScopes, staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { StationEnv } from "../http/env.ts";

export const sessionCookie = "yizhan_session";
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Finds out who asks: a bearer token before a cookie. A token that is wrong, revoked or expired is
 * refused at once; a session that has ended is nobody. Changing something with a cookie needs the
 * header `x-yizhan`, which a page of another origin cannot send.
 */
export function authenticate(store: Store) {
  return createMiddleware<StationEnv>(async function authenticateRequest(context, next) {
    const authorization = context.req.header("authorization");
    const cookie = getCookie(context, sessionCookie);
    if (authorization !== undefined) {
      context.set("actor", await byToken(store, authorization));
    } else if (cookie === undefined) {
      context.set("actor", { kind: "anonymous" });
    } else {
      const actor = await bySession(store, cookie);
      if (actor.kind === "staff" && !safe.has(context.req.method) && context.req.header("x-yizhan") === undefined) {
        throw new Problem(403, "forbidden", { remedy: "Send the header `x-yizhan: 1` with requests that change something." });
      }
      context.set("actor", actor);
    }
    await next();
  });
}

async function byToken(store: Store, authorization: string): Promise<Actor> {
  const presented = /^Bearer (\S{1,200})$/i.exec(authorization)?.[1];
  const hash = presented === undefined ? undefined : hashToken(presented);
  const token = hash === undefined ? undefined : await store.direct().applicationTokens.byToken(hash);
  const scopes = token === undefined ? undefined : parseScopes(token.scopes.join(" "));
  if (token === undefined || scopes === undefined) {
    throw new Problem(401, "signed-out", { remedy: "The bearer token is unknown, revoked or expired." });
  }
  return { kind: "application", tokenId: token.id, role: "application", tenant: token.tenant, scopes };
}

async function bySession(store: Store, cookie: string): Promise<Actor> {
  const hash = hashToken(cookie);
  const { sessions, accounts } = store.direct();
  const session = hash === undefined ? undefined : await sessions.byToken(hash);
  const account = session === undefined ? undefined : await accounts.byId(session.accountId);
  if (session === undefined || account === undefined || account.disabledAt !== undefined) return { kind: "anonymous" };
  if (session.blockedAt !== undefined)
    throw new Problem(403, "session-blocked", { remedy: "An administrator can lift the block." });
  return {
    kind: "staff",
    accountId: account.id,
    sessionId: session.id,
    role: staffRoleSchema.parse(account.role),
    tenant: account.tenant,
    licenceUntil: account.credentials?.expiresAt,
  };
}
