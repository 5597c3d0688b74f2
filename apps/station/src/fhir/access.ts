import { type Action, type Actor, decide } from "@yizhan/access";
import { type ServedType, systemSubject } from "@yizhan/records";
import { type Repositories, type Store, patientSubject } from "@yizhan/store";
import { newestCase } from "../cases/newest.ts";
import { FhirError } from "./outcome.ts";

/** Whose record something is part of: a patient's id, or nobody's. */
export type Owner = string | undefined;

export function ownerOf(tenant: string, subject: string): Owner {
  return subject === systemSubject ? undefined : subject.slice(tenant.length + 1);
}

/** One request's decisions: who asks, over which tenant, with what is known of each patient's cases. */
export interface Access {
  readonly actor: Exclude<Actor, { kind: "anonymous" }>;
  /** Throws 403 unless the actor may do `action` to a resource of `type` that is part of `owner`'s record. */
  demand(action: Action, type: ServedType, owner: Owner): Promise<void>;
  allows(action: Action, type: ServedType, owner: Owner): Promise<boolean>;
  /** What the audit log is to hold about `owners`, for a write that takes it along. */
  entries(
    action: string,
    type: string,
    owners: readonly Owner[],
    more?: { readonly outcome?: "done" | "refused"; readonly digest?: string },
  ): Promise<Uint8Array[]>;
  /** Writes what was done into the audit log; resolves once it is durable. */
  audit(action: string, type: string, owners: readonly Owner[], outcome?: "done" | "refused"): Promise<void>;
}

const encoder = new TextEncoder();
/** Roles whose rights depend on the patient's case. */
const byCase: ReadonlySet<string> = new Set(["clinician", "pharmacist"]);

export interface AccessOptions {
  readonly store: Store;
  readonly actor: Actor;
  /** Where cases are looked up: inside a transaction, the transaction's own. */
  readonly repositories: Repositories;
  /** Takes entries for the audit log; resolves once they are safe, or will be with the transaction. */
  readonly append: (entries: readonly Uint8Array[], outcome: "done" | "refused") => Promise<void>;
  /** Accounts that broke the glass for a case. */
  readonly brokenBy: ((caseId: string) => readonly string[]) | undefined;
}

export function openAccess({ store, actor, repositories, append, brokenBy }: AccessOptions): Access {
  if (actor.kind === "anonymous") throw new FhirError(401, "login", "Sign in, or send an application token as a bearer.");
  const facts = new Map<string, ReturnType<typeof caseFacts>>();

  async function judge(action: Action, type: ServedType, owner: Owner) {
    const resource = {
      tenant: actor.kind === "anonymous" ? "" : actor.tenant,
      type,
      ...(owner === undefined ? {} : { subject: owner }),
    };
    if (owner === undefined || actor.kind !== "staff" || !byCase.has(actor.role)) return decide(actor, action, resource);
    let known = facts.get(owner);
    if (known === undefined) {
      known = caseFacts(repositories, owner, brokenBy);
      facts.set(owner, known);
    }
    const found = await known;
    return decide(actor, action, found === undefined ? resource : { ...resource, case: found });
  }

  const access: Access = {
    actor,
    async allows(action, type, owner) {
      return (await judge(action, type, owner)).allowed;
    },
    async demand(action, type, owner) {
      const decision = await judge(action, type, owner);
      if (decision.allowed) return;
      await access.audit(action, type, [owner], "refused");
      throw new FhirError(403, "forbidden", `Not allowed: ${decision.reason}.`);
    },
    async entries(action, type, owners, { outcome = "done", digest } = {}) {
      const at = new Date().toISOString();
      const who = actor.kind === "staff" ? actor.accountId : actor.kind === "application" ? actor.tokenId : actor.sessionId;
      const subjects = await Promise.all([...new Set(owners)].map((owner) => pseudonym(store, actor.tenant, owner)));
      const entries = subjects.map((subject) => ({
        v: 1,
        at,
        tenant: actor.tenant,
        action,
        actor: `${actor.kind}/${who}`,
        subject,
        type,
        outcome,
        ...(digest === undefined ? {} : { sealed: [digest] }),
      }));
      return entries.map((entry) => encoder.encode(JSON.stringify(entry)));
    },
    async audit(action, type, owners, outcome = "done") {
      await append(await access.entries(action, type, owners, { outcome }), outcome);
    },
  };
  return access;
}

async function pseudonym(store: Store, tenant: string, owner: Owner): Promise<string | undefined> {
  if (owner === undefined) return undefined;
  // A refused request may name a patient who is not here: there is nobody to name then.
  const sealer = await store.vault.subject(patientSubject(tenant, owner)).catch(() => undefined);
  return sealer?.pseudonym;
}

async function caseFacts(repositories: Repositories, patientId: string, brokenBy: AccessOptions["brokenBy"]) {
  const newest = await newestCase(repositories, patientId);
  return newest && { status: newest.status, assignees: newest.assignees, glassBrokenBy: brokenBy?.(newest.id) ?? [] };
}
