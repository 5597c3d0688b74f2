import type { Actor } from "@yizhan/access";
import { type Log, Problem } from "@yizhan/http";
import type { Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import type { Board } from "../cases/board.ts";
import type { GuardedEvent, GuardRule } from "./rules.ts";
import type { Watch, Watched } from "./watch.ts";

export interface Guard {
  /**
   * Counts what `actor` is about to do to `what`. Where a rule breaks, the session, token or address is blocked, the
   * block audited and administrators told, before this throws: nothing of the answer leaves.
   */
  check(actor: Actor, address: string | undefined, event: GuardedEvent, what: string): Promise<void>;
  /** Throws 429 where the address of someone who has not signed in is blocked. */
  admit(address: string | undefined): Promise<void>;
  /** Lifts a block by its id ({@link guardBlocks}); false where there was none. */
  lift(id: string, by: Actor): Promise<boolean>;
}

export interface GuardOptions {
  readonly store: Store;
  readonly watch: Watch;
  readonly board: Board;
  readonly log: Log;
  /** The organisation whose administrators see blocked addresses. */
  readonly home: string;
  /** Told the id of the broken rule. */
  readonly blocked: (rule: string) => void;
}

/** The guard over one station. Blocks are in the store: a restart counts anew, and leaves who was blocked blocked. */
export function openGuard({ store, watch, board, log, home, blocked }: GuardOptions): Guard {
  const tenantOf = (actor: Actor) => (actor.kind === "anonymous" ? home : actor.tenant);
  return {
    async check(actor, address, event, what) {
      const who = watched(actor, address);
      const rule = who === undefined ? undefined : watch.see(who, event, what);
      if (rule === undefined || who === undefined) return;
      const tenant = tenantOf(actor);
      await store.transaction(
        async (tx) => {
          await block(tx, actor, who, rule);
          await note(store, tx, { action: "guard.block", actor: actorName(actor), detail: rule.id });
        },
        { tenant },
      );
      blocked(rule.id);
      log.warn({ rule: rule.id, kind: actor.kind }, "the guard stopped someone");
      board.tell(tenant, "guard");
      throw refusal(actor, rule.id);
    },
    async admit(address) {
      const held = address === undefined ? undefined : await store.direct(home).addressBlocks.of(address);
      if (held !== undefined) throw new Problem(429, "too-many", { remedy: `Guard rule ${held.rule}.` });
    },
    async lift(id, by) {
      const tenant = tenantOf(by);
      const [kind = "", name = ""] = id.split(/\.(.*)/s);
      const who = await store.transaction(
        async (tx) => {
          const lifted = await unblock(tx, kind, name);
          if (lifted !== undefined) await note(store, tx, { action: "guard.lift", actor: actorName(by), detail: id });
          return lifted;
        },
        { tenant },
      );
      if (who === undefined) return false;
      watch.pardon(who);
      board.tell(tenant, "guard");
      return true;
    },
  };
}

function watched(actor: Actor, address: string | undefined): Watched | undefined {
  switch (actor.kind) {
    case "staff":
    case "patient":
      return { kind: actor.kind, key: actor.sessionId };
    case "application":
      return { kind: "application", key: actor.tokenId };
    case "anonymous":
      return address === undefined ? undefined : { kind: "anonymous", key: address };
  }
}

async function block(tx: Transaction, actor: Actor, who: Watched, rule: GuardRule): Promise<void> {
  switch (actor.kind) {
    case "staff":
      return tx.sessions.block(who.key, rule.id);
    case "patient":
      return tx.patientSessions.block(who.key, rule.id);
    case "application":
      return tx.applicationTokens.block(who.key, rule.id);
    case "anonymous":
      // A stranger has no session: the address waits as long as the window that was broken.
      return tx.addressBlocks.block(who.key, rule.id, new Date(Date.now() + rule.windowMs));
  }
}

async function unblock(tx: Transaction, kind: string, name: string): Promise<Watched | undefined> {
  switch (kind) {
    case "staff": {
      const held = (await tx.sessions.blocked()).some((one) => one.id === name);
      if (held) await tx.sessions.unblock(name);
      return held ? { kind, key: name } : undefined;
    }
    case "patient":
      return (await tx.patientSessions.unblock(name)) ? { kind, key: name } : undefined;
    case "application":
      return (await tx.applicationTokens.unblock(name)) ? { kind, key: name } : undefined;
    case "anonymous": {
      const address = await tx.addressBlocks.lift(name);
      return address === undefined ? undefined : { kind, key: address };
    }
    default:
      return undefined;
  }
}

function refusal(actor: Actor, rule: string): Problem {
  const remedy = `Guard rule ${rule}. An administrator can lift the block.`;
  return actor.kind === "anonymous" ? new Problem(429, "too-many", { remedy }) : new Problem(403, "session-blocked", { remedy });
}
