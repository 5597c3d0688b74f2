import { randomUUID } from "node:crypto";
import type { Scope } from "../scope.ts";

export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Set by the guard: the session answers nothing until an administrator undoes it. */
  readonly blockedAt: Date | undefined;
  /** A rule's name. */
  readonly blockedReason: string | undefined;
}

export interface Sessions {
  /** `tokenHash` is the SHA-256 of the cookie's token: the store never sees the token. */
  create(tokenHash: Uint8Array, accountId: string, expiresAt: Date): Promise<Session>;
  /** Undefined for an unknown or expired one. A blocked one is returned: its caller must look. */
  byToken(tokenHash: Uint8Array): Promise<Session | undefined>;
  ofAccount(accountId: string): Promise<Session[]>;
  /** Of this tenant's accounts. */
  blocked(): Promise<Session[]>;
  block(id: string, reason: string): Promise<void>;
  unblock(id: string): Promise<void>;
  end(tokenHash: Uint8Array): Promise<void>;
  /** With `except`, all but that session. */
  endAll(accountId: string, except?: string): Promise<void>;
  /** Removes what has expired; resolves how many. */
  sweep(): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly blocked_at: Date | null;
  readonly blocked_reason: string | null;
}

function asSession(row: Row): Session {
  return {
    id: row.id,
    accountId: row.account_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    blockedAt: row.blocked_at ?? undefined,
    blockedReason: row.blocked_reason ?? undefined,
  };
}

export function sessions(scope: Scope): Sessions {
  const { db } = scope;
  const live = () => db.selectFrom("session").selectAll().where("expires_at", ">", new Date(scope.now()));
  return {
    async create(tokenHash, accountId, expiresAt) {
      const row = {
        id: randomUUID(),
        account_id: accountId,
        created_at: new Date(scope.now()),
        expires_at: expiresAt,
        blocked_at: null,
        blocked_reason: null,
      };
      await db
        .insertInto("session")
        .values({ ...row, token_hash: tokenHash })
        .execute();
      return asSession(row);
    },
    async byToken(tokenHash) {
      const row = await live().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? undefined : asSession(row);
    },
    async ofAccount(accountId) {
      return (await live().where("account_id", "=", accountId).orderBy("created_at").execute()).map(asSession);
    },
    async blocked() {
      const rows = await live()
        .where("blocked_at", "is not", null)
        .where("account_id", "in", (inner) => inner.selectFrom("account").select("id").where("tenant", "=", scope.tenant))
        .orderBy("blocked_at")
        .execute();
      return rows.map(asSession);
    },
    async block(id, reason) {
      await db
        .updateTable("session")
        .set({ blocked_at: new Date(scope.now()), blocked_reason: reason })
        .where("id", "=", id)
        .execute();
    },
    async unblock(id) {
      await db.updateTable("session").set({ blocked_at: null, blocked_reason: null }).where("id", "=", id).execute();
    },
    async end(tokenHash) {
      await db.deleteFrom("session").where("token_hash", "=", tokenHash).execute();
    },
    async endAll(accountId, except = "") {
      await db.deleteFrom("session").where("account_id", "=", accountId).where("id", "<>", except).execute();
    },
    async sweep() {
      const result = await db.deleteFrom("session").where("expires_at", "<=", new Date(scope.now())).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
