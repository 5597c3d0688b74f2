import type { Actor, ApplicationActor, Role, StaffActor } from "./roles.ts";
import { type Verb, scopesAllow } from "./scopes.ts";

/** What can be done to something. What is not listed for a role is refused. */
export const actions = [
  "case.list",
  "case.read",
  "case.claim",
  "case.close",
  "case.assign",
  "case.code",
  "case.break-glass",
  "prescription.read",
  "prescription.write",
  "prescription.review",
  "notice.review",
  "notice.settle",
  "audit.read",
  "own.read",
  "own.change",
  "session.list",
  "session.watch",
  "session.assist",
  "session.correct",
  "session.keep",
  "call.start",
  "call.join",
  "call.end",
  "record.create",
  "record.read",
  "record.update",
  "record.delete",
  "record.search",
  "record.export",
  "account.manage",
  "token.manage",
  "guard.manage",
  "key.manage",
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

/**
 * `always`: wherever the tenant is the same. `given`: the case waits for anyone or was given to them. `mine`: it was
 * given to them. `review`: what a prescription is judged by, while a case is open. `own`: their own record.
 */
type Rule = "always" | "given" | "mine" | "review" | "own";

const needsLicence: ReadonlySet<Action> = new Set(["case.claim", "prescription.write", "prescription.review"]);

/** What a pharmacist reads to review a prescription: who, which medicines, what forbids or doses them. */
const reviewTypes: ReadonlySet<string> = new Set([
  "Patient",
  "MedicationRequest",
  "MedicationStatement",
  "AllergyIntolerance",
  "Condition",
  "Observation",
]);

const grants: Readonly<Record<Role, Readonly<Partial<Record<Action, Rule>>>>> = {
  patient: { "own.read": "own", "own.change": "own", "record.read": "own", "record.search": "own" },
  interpreter: {
    "session.list": "always",
    "session.watch": "always",
    "session.assist": "always",
    "session.correct": "always",
    "session.keep": "always",
    "call.join": "always",
  },
  clinician: {
    "case.list": "always",
    "case.read": "given",
    "case.claim": "given",
    "case.close": "given",
    "case.assign": "mine",
    "case.code": "mine",
    "case.break-glass": "always",
    "prescription.read": "given",
    "prescription.write": "mine",
    "session.list": "always",
    "session.watch": "always",
    "session.assist": "always",
    "session.correct": "always",
    "session.keep": "always",
    "call.start": "given",
    "call.join": "always",
    "call.end": "given",
    "record.create": "given",
    "record.read": "given",
    "record.update": "given",
    "record.search": "given",
  },
  pharmacist: { "record.read": "review", "record.search": "review", "prescription.review": "review" },
  coordinator: {
    "case.list": "always",
    "case.read": "always",
    "case.close": "always",
    "case.assign": "always",
    "case.code": "always",
    "prescription.read": "always",
    "notice.review": "always",
    "notice.settle": "always",
    "audit.read": "always",
    "session.list": "always",
    "session.watch": "always",
    "session.assist": "always",
    "session.correct": "always",
    "session.keep": "always",
    "call.start": "always",
    "call.join": "always",
    "call.end": "always",
    "record.read": "always",
    "record.search": "always",
  },
  administrator: {
    "case.list": "always",
    "case.read": "always",
    "case.close": "always",
    "case.assign": "always",
    "case.code": "always",
    "prescription.read": "always",
    "notice.review": "always",
    "notice.settle": "always",
    "audit.read": "always",
    "session.list": "always",
    "session.watch": "always",
    "session.assist": "always",
    "session.correct": "always",
    "session.keep": "always",
    "record.create": "always",
    "record.read": "always",
    "record.update": "always",
    "record.delete": "always",
    "record.search": "always",
    "record.export": "always",
    "account.manage": "always",
    "token.manage": "always",
    "guard.manage": "always",
    "key.manage": "always",
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
    "session.assist": "always",
    "session.correct": "always",
    "session.keep": "always",
    "record.create": "always",
    "record.read": "always",
    "record.update": "always",
    "record.delete": "always",
    "record.search": "always",
    "record.export": "always",
    "key.manage": "always",
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
  "session.assist": ["session", "u"],
  "session.correct": ["session", "u"],
  "session.keep": ["session", "u"],
  "key.manage": ["key", "u"],
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
  // Scopes of the context `patient` reach the record of one patient, the one the token was made for.
  // A search names nobody yet: each of its matches is judged by its own patient.
  const unnamed = action === "record.search" && resource.subject === undefined;
  const own = actor.patient !== undefined && (unnamed || resource.subject === actor.patient);
  const scopes = actor.scopes.filter((scope) => scope.context !== "patient" || own);
  return scopesAllow(scopes, type, needed) ? yes : no("scope");
}

function decideStaff(actor: StaffActor, action: Action, rule: Exclude<Rule, "own">, resource: Resource, now: number): Decision {
  // A licence that has run out stops new cases and prescriptions; cases already given can still be finished.
  const expired = actor.licenceUntil !== undefined && actor.licenceUntil <= now;
  if (expired && needsLicence.has(action)) return no("licence-expired");
  if (rule === "always") return yes;
  const facts = resource.case;
  if (rule === "review") return decideReview(action, resource);
  if (facts === undefined) return resource.subject === undefined && rule === "given" ? yes : no("not-yours");
  const mine = facts.assignees?.includes(actor.accountId) === true;
  if (rule === "mine") return mine && facts.status === "open" ? yes : no("not-yours");
  if (facts.glassBrokenBy?.includes(actor.accountId) && action !== "case.claim") return yes;
  if (facts.status !== "open") return no("not-yours");
  if (mine) return yes;
  if ((facts.assignees ?? []).length > 0) return no("not-yours");
  return expired ? no("licence-expired") : yes;
}

/** A pharmacist sees a prescription's surroundings while the patient has an open case; of nobody's resources nothing. */
function decideReview(action: Action, { type, case: facts, subject }: Resource): Decision {
  if (type !== undefined && !reviewTypes.has(type)) return no("role");
  if (action === "record.search" && subject === undefined) return yes;
  return subject !== undefined && facts?.status === "open" ? yes : no("not-yours");
}
