import type { Actor } from "@yizhan/access";
import { type Log, Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import type { GuardedEvent } from "./rules.ts";
import type { Watch, Watched } from "./watch.ts";

export interface Guard {
  /**
   * Counts what `actor` is about to do to `what`. Where a rule breaks, the session is blocked, the
   * block audited and administrators told, before this throws: nothing of the answer leaves.
   */
  check(actor: Actor, address: string | undefined, event: GuardedEvent, what: string): Promise<void>;
  /** Lifts a session's block; false where there was none. */
  lift(sessionId: string, by: Actor): Promise<boolean>;
  /** Calls back on every block and every lift, until the returned function is called. */
  watchChanges(changed: () => void): () => void;
}

/** The guard over one station. `blocked` is told the id of the broken rule. */
export function openGuard(store: Store, watch: Watch, log: Log, blocked: (rule: string) => void): Guard {
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const changed of watchers) changed();
  };
  return {
    async check(actor, address, event, what) {
      const who = watched(actor, address);
      const rule = who === undefined ? undefined : watch.see(who, event, what);
      if (rule === undefined) return;
      blocked(rule.id);
      log.warn({ rule: rule.id, kind: actor.kind }, "the guard stopped someone");
      if (actor.kind !== "staff") {
        // A stranger has no session to block: the address waits until its window has passed.
        throw new Problem(429, "too-many", { remedy: `Guard rule ${rule.id}.` });
      }
      await store.transaction(async (tx) => {
        await tx.sessions.block(actor.sessionId, rule.id);
        await note(store, tx, { action: "guard.block", actor: actorName(actor), detail: rule.id });
      });
      tell();
      throw new Problem(403, "session-blocked", { remedy: `Guard rule ${rule.id}. An administrator can lift the block.` });
    },
    async lift(sessionId, by) {
      const lifted = await store.transaction(async (tx) => {
        if (!(await tx.sessions.blocked()).some((one) => one.id === sessionId)) return false;
        await tx.sessions.unblock(sessionId);
        await note(store, tx, { action: "guard.lift", actor: actorName(by), detail: sessionId });
        return true;
      });
      if (lifted) {
        watch.pardon({ kind: "staff", key: sessionId });
        tell();
      }
      return lifted;
    },
    watchChanges(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}

function watched(actor: Actor, address: string | undefined): Watched | undefined {
  if (actor.kind === "staff") return { kind: "staff", key: actor.sessionId };
  if (actor.kind === "application") return { kind: "application", key: actor.tokenId };
  return address === undefined ? undefined : { kind: "anonymous", key: address };
}
