import { hashToken, type StaffRole, staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { HubActor, HubEnv } from "../env.ts";

export const sessionCookie = "yizhan_session";
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Finds out who asks. Changing something needs the header `x-yizhan`, which a page of another origin cannot send. */
export function authenticate(store: Store) {
  return createMiddleware<HubEnv>(async function authenticateRequest(context, next) {
    const cookie = getCookie(context, sessionCookie);
    const actor = cookie === undefined ? undefined : await bySession(store, cookie);
    if (actor !== undefined && !safe.has(context.req.method) && context.req.header("x-yizhan") === undefined) {
      throw new Problem(403, "forbidden", { remedy: "Send the header `x-yizhan: 1` with requests that change something." });
    }
    context.set("actor", actor);
    await next();
  });
}

async function bySession(store: Store, cookie: string): Promise<HubActor | undefined> {
  const hash = hashToken(cookie);
  const { sessions, accounts } = store.direct();
  const session = hash === undefined ? undefined : await sessions.byToken(hash);
  if (session === undefined || session.blockedAt !== undefined) return undefined;
  const account = await accounts.byId(session.accountId);
  if (account === undefined || account.disabledAt !== undefined) return undefined;
  return { accountId: account.id, role: staffRoleSchema.parse(account.role) };
}

/** Who may see what at the hub. */
const rules: Readonly<Record<"fleet" | "acknowledge", readonly StaffRole[]>> = {
  fleet: ["operator", "epidemiologist", "administrator", "coordinator", "clinician"],
  acknowledge: ["administrator"],
};

export function signedIn(area: keyof typeof rules) {
  return createMiddleware<HubEnv>(async function requireRole(context, next) {
    const actor = context.get("actor");
    if (actor === undefined) throw new Problem(401, "signed-out");
    if (!rules[area].includes(actor.role)) throw new Problem(403, "forbidden");
    await next();
  });
}
