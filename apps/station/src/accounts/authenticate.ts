import { type Actor, hashToken, parseScopes, staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { StationEnv } from "../http/env.ts";

export const sessionCookie = "yizhan_session";
/** Patients' own; sent to the pages of their record only. */
export const patientCookie = "yizhan_patient";
const patientsPath = "/api/my/";
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Finds out who asks: below `/api/my` a patient by their cookie, elsewhere a bearer token before a cookie. A token
 * that is wrong, revoked or expired is refused at once; a session that has ended is nobody. Changing something
 * with a cookie needs the header `x-yizhan`, which a page of another origin cannot send.
 */
export function authenticate(store: Store) {
  return createMiddleware<StationEnv>(async function authenticateRequest(context, next) {
    const patients = context.req.path.startsWith(patientsPath);
    const authorization = patients ? undefined : context.req.header("authorization");
    const cookie = getCookie(context, patients ? patientCookie : sessionCookie);
    if (authorization !== undefined) {
      context.set("actor", await byToken(store, authorization));
    } else if (cookie === undefined) {
      context.set("actor", { kind: "anonymous" });
    } else {
      const actor = patients ? await byPatient(store, cookie) : await bySession(store, cookie);
      if (actor.kind !== "anonymous" && !safe.has(context.req.method) && context.req.header("x-yizhan") === undefined) {
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
  if (token.blockedAt !== undefined) throw blocked();
  const { id, tenant, patientId } = token;
  return { kind: "application", tokenId: id, role: "application", tenant, scopes, patient: patientId };
}

async function bySession(store: Store, cookie: string): Promise<Actor> {
  const hash = hashToken(cookie);
  const { sessions, accounts } = store.direct();
  const session = hash === undefined ? undefined : await sessions.byToken(hash);
  const account = session === undefined ? undefined : await accounts.anywhere(session.accountId);
  if (session === undefined || account === undefined || account.disabledAt !== undefined) return { kind: "anonymous" };
  if (session.blockedAt !== undefined) throw blocked();
  return {
    kind: "staff",
    accountId: account.id,
    sessionId: session.id,
    role: staffRoleSchema.parse(account.role),
    tenant: account.tenant,
    licenceUntil: account.credentials?.expiresAt,
  };
}

async function byPatient(store: Store, cookie: string): Promise<Actor> {
  const hash = hashToken(cookie);
  const session = hash === undefined ? undefined : await store.direct().patientSessions.byToken(hash);
  if (session === undefined) return { kind: "anonymous" };
  if (session.blockedAt !== undefined) throw blocked();
  const { id, tenant, patientId, caseId } = session;
  return { kind: "patient", role: "patient", sessionId: id, tenant, subject: patientId, caseId };
}

function blocked(): Problem {
  return new Problem(403, "session-blocked", { remedy: "An administrator can lift the block." });
}
