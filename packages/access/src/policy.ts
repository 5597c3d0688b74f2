import type { Actor, ApplicationActor, Role, StaffActor } from "./roles.ts";
import { type Verb, scopesAllow } from "./scopes.ts";

/** What can be done to something. What is not listed for a role is refused. */
export const actions = [
  "case.list",
  "case.read",
  "case.claim",
  "case.close",
  "case.break-glass",
  "glass.review",
  "session.list",
  "session.watch",
  "record.create",
  "record.read",
  "record.update",
  "record.delete",
  "record.search",
  "record.export",
  "account.manage",
  "token.manage",
  "guard.manage",
  "metrics.read",
] as const;
export type Action = (typeof actions)[number];

/** What is acted on, as far as a decision needs it. */
export interface Resource {
  readonly tenant: string;
  /** The case, or the newest case of the patient whose record it is. */
  readonly case?: CaseFacts;
  /** FHIR resource type of a record. */
  readonly type?: string;
  /** The patient whose record it is. Absent for what belongs to no patient. */
  readonly subject?: string;
}

export interface CaseFacts {
  readonly status: "open" | "closed";
  /** Accounts the case was given to; none while it waits for a clinician of the tenant. */
  readonly assignees?: readonly string[] | undefined;
  /** Accounts that broke the glass for it, and may see it while that lasts. */
  readonly glassBrokenBy?: readonly string[] | undefined;
}

export type Refusal = "not-signed-in" | "role" | "scope" | "tenant" | "not-yours" | "licence-expired";
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: Refusal };

/** `always`: wherever the tenant is the same. `given`: the case waits for anyone or was given to them. `own`: their own record. */
type Rule = "always" | "given" | "own";

const grants: Readonly<Record<Role, Readonly<Partial<Record<Action, Rule>>>>> = {
  patient: { "record.read": "own", "record.search": "own" },
  interpreter: { "session.list": "always", "session.watch": "always" },
  clinician: {
    "case.list": "always",
    "case.read": "given",
    "case.claim": "given",
    "case.close": "given",
    "case.break-glass": "always",
    "session.list": "always",
    "session.watch": "always",
    "record.create": "given",
    "record.read": "given",
    "record.update": "given",
    "record.search": "given",
  },
  pharmacist: {},
  coordinator: {
    "case.list": "always",
    "case.read": "always",
    "case.close": "always",
    "glass.review": "always",
    "session.list": "always",
    "session.watch": "always",
    "record.read": "always",
    "record.search": "always",
  },
  administrator: {
    "case.list": "always",
    "case.read": "always",
    "case.close": "always",
    "glass.review": "always",
    "session.list": "always",
    "session.watch": "always",
    "record.create": "always",
    "record.read": "always",
    "record.update": "always",
    "record.delete": "always",
    "record.search": "always",
    "record.export": "always",
    "account.manage": "always",
    "token.manage": "always",
    "guard.manage": "always",
    "metrics.read": "always",
  },
  // An application has what its scopes say, and never manages people, tokens or the guard.
  application: {
    "case.list": "always",
    "case.read": "always",
    "case.claim": "always",
    "case.close": "always",
    "session.list": "always",
    "session.watch": "always",
    "record.create": "always",
    "record.read": "always",
    "record.update": "always",
    "record.delete": "always",
    "record.search": "always",
    "record.export": "always",
    "metrics.read": "always",
  },
  operator: {},
  epidemiologist: {},
};

/** The scope an application needs for an action that is not about a FHIR type of its own. */
const scopeOf: Readonly<Partial<Record<Action, readonly [type: string, verb: Verb]>>> = {
  "case.list": ["case", "s"],
  "case.read": ["case", "r"],
  "case.claim": ["case", "u"],
  "case.close": ["case", "u"],
  "session.list": ["session", "s"],
  "session.watch": ["session", "r"],
  "metrics.read": ["metrics", "r"],
};
const verbOf: Readonly<Partial<Record<Action, Verb>>> = {
  "record.create": "c",
  "record.read": "r",
  "record.update": "u",
  "record.delete": "d",
  "record.search": "s",
  "record.export": "r",
};

const no = (reason: Refusal): Decision => ({ allowed: false, reason });
const yes: Decision = { allowed: true };

/** Decides, and says why not. `now` in epoch milliseconds. Anything not granted is refused. */
export function decide(actor: Actor, action: Action, resource: Resource, now = Date.now()): Decision {
  if (actor.kind === "anonymous") return no("not-signed-in");
  const rule = Object.hasOwn(grants[actor.role], action) ? grants[actor.role][action] : undefined;
  if (rule === undefined) return no("role");
  if (actor.tenant !== resource.tenant) return no("tenant");
  if (actor.kind === "application") return decideScopes(actor, action, resource);
  if (actor.kind === "patient") return rule === "own" && resource.subject === actor.subject ? yes : no("not-yours");
  return rule === "own" ? no("not-yours") : decideStaff(actor, action, rule, resource, now);
}

/** Whether `actor` may. The boolean form of {@link decide}. */
export function may(actor: Actor, action: Action, resource: Resource, now = Date.now()): boolean {
  return decide(actor, action, resource, now).allowed;
}

function decideScopes(actor: ApplicationActor, action: Action, resource: Resource): Decision {
  const verb = verbOf[action];
  const [type, needed] = verb === undefined ? (scopeOf[action] ?? []) : [resource.type ?? "*", verb];
  if (type === undefined || needed === undefined) return no("scope");
  return scopesAllow(actor.scopes, type, needed) ? yes : no("scope");
}

function decideStaff(actor: StaffActor, action: Action, rule: "always" | "given", resource: Resource, now: number): Decision {
  // A licence that has run out stops new cases; those already given can still be finished.
  const expired = actor.licenceUntil !== undefined && actor.licenceUntil <= now;
  if (expired && action === "case.claim") return no("licence-expired");
  if (rule === "always") return yes;
  const facts = resource.case;
  if (facts === undefined) return resource.subject === undefined ? yes : no("not-yours");
  if (facts.glassBrokenBy?.includes(actor.accountId) && action !== "case.claim") return yes;
  if (facts.status !== "open") return no("not-yours");
  const assignees = facts.assignees ?? [];
  if (assignees.includes(actor.accountId)) return yes;
  if (assignees.length > 0) return no("not-yours");
  return expired ? no("licence-expired") : yes;
}
