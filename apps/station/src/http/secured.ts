import { type Action, type Actor, decide, type Refusal } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { createMiddleware } from "hono/factory";
import type { StationEnv } from "./env.ts";

/** Who may call a route: anyone, anyone signed in, or those to whom the policy grants the action. */
export type Requirement = "public" | "signed-in" | Action;

/**
 * The access part of a route's declaration. Every route of the API spreads one (a test goes through
 * all of them); it refuses before the handler runs, and is in the OpenAPI description as `x-access`.
 * What depends on *which* case or record is judged again by the handler, with {@link demand}.
 */
export function secured(requirement: Requirement) {
  return {
    "x-access": requirement,
    security: requirement === "public" ? [] : anyProof,
    middleware: requireAccess(requirement),
  };
}

/** How a caller may prove who they are, by their names in the OpenAPI description. */
const anyProof: Record<string, string[]>[] = [{ session: [] }, { token: [] }];

function requireAccess(requirement: Requirement) {
  return createMiddleware<StationEnv>(async function requireRouteAccess(context, next) {
    const actor = context.get("actor");
    if (requirement === "signed-in") {
      if (actor.kind === "anonymous") throw refused("not-signed-in");
    } else if (requirement !== "public" && actor.kind === "anonymous") {
      throw refused("not-signed-in");
    } else if (requirement !== "public" && actor.kind !== "anonymous") {
      // Whether the role could ever: for staff a rule that looks at the case is judged later.
      const decision = decide(actor, requirement, { tenant: actor.tenant, ...anyCase });
      if (!decision.allowed && decision.reason !== "not-yours") throw refused(decision.reason);
    }
    await next();
  });
}

/** An open case that waits for anyone: the easiest there is. */
const anyCase = { case: { status: "open" } } as const;

/** Throws unless `actor` may. */
export function demand(actor: Actor, action: Action, resource: Parameters<typeof decide>[2]): void {
  const decision = decide(actor, action, resource);
  if (!decision.allowed) throw refused(decision.reason);
}

const remedies: Readonly<Record<Refusal, string>> = {
  "not-signed-in": "Sign in, or send an application token as a bearer.",
  role: "The account's role does not allow this.",
  scope: "The token's scopes do not cover this.",
  tenant: "It belongs to another organisation.",
  "not-yours": "The case is not given to this account.",
  "licence-expired": "The account's licence has run out: no new cases, and no prescriptions.",
};

export function refused(reason: Refusal): Problem {
  const remedy = remedies[reason];
  return reason === "not-signed-in" ? new Problem(401, "signed-out", { remedy }) : new Problem(403, "forbidden", { remedy });
}
