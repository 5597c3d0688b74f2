import type { Store } from "@yizhan/store";
import type { WatchedKind } from "./rules.ts";

/** One block as an administrator sees it. */
export interface GuardBlock {
  /** Names the block to whoever lifts it: kind, a dot, an id of ours. */
  readonly id: string;
  readonly kind: WatchedKind;
  /** The account's or application's name, the address, or nothing for a patient. */
  readonly who: string;
  /** Id of the rule that was broken. */
  readonly rule: string;
  /** ISO 8601. */
  readonly at: string;
  /** When it ends by itself. */
  readonly until?: string;
}

/** Everything that is blocked in one organisation, newest first. */
export async function guardBlocks(store: Store, tenant: string): Promise<GuardBlock[]> {
  const { sessions, patientSessions, applicationTokens, addressBlocks, accounts } = store.direct(tenant);
  const found: GuardBlock[] = [];
  const add = (kind: WatchedKind, id: string, who: string, rule: string | undefined, at: Date | undefined, until?: Date) => {
    const end = until === undefined ? {} : { until: until.toISOString() };
    found.push({ id: `${kind}.${id}`, kind, who, rule: rule ?? "", at: (at ?? new Date(0)).toISOString(), ...end });
  };
  for (const { id, accountId, blockedAt, blockedReason, expiresAt } of await sessions.blocked()) {
    add("staff", id, (await accounts.byId(accountId))?.name ?? "", blockedReason, blockedAt, expiresAt);
  }
  for (const { id, blockedAt, blockedReason, expiresAt } of await patientSessions.blocked()) {
    add("patient", id, "", blockedReason, blockedAt, expiresAt);
  }
  for (const { id, name, blockedAt, blockedReason, revokedAt } of await applicationTokens.list()) {
    if (blockedAt !== undefined && revokedAt === undefined) add("application", id, name, blockedReason, blockedAt);
  }
  for (const { id, address, rule, blockedAt, until } of await addressBlocks.list()) {
    add("anonymous", id, address, rule, blockedAt, until);
  }
  return found.toSorted((a, b) => b.at.localeCompare(a.at));
}
