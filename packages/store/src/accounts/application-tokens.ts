import { randomUUID } from "node:crypto";
import type { Scope } from "../scope.ts";
import { briefly } from "./briefly.ts";
import { sealedJson } from "./sealed-json.ts";

export interface ApplicationToken {
  readonly id: string;
  readonly tenant: string;
  /** What an administrator calls the application. */
  readonly name: string;
  /** SMART-style, as packages/access reads them. */
  readonly scopes: readonly string[];
  /** The one patient whom scopes of the context `patient` reach. */
  readonly patientId?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  /** Set by the guard: the token answers nothing until an administrator undoes it. */
  readonly blockedAt: Date | undefined;
  readonly blockedReason: string | undefined;
}

export interface ApplicationTokens {
  create(token: {
    /** SHA-256 of the token: the store never sees the token. */
    readonly tokenHash: Uint8Array;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly patientId?: string;
    readonly expiresAt?: Date;
  }): Promise<ApplicationToken>;
  /** In any tenant (the token says which); undefined when unknown, expired or revoked. A blocked one is returned. */
  byToken(tokenHash: Uint8Array): Promise<ApplicationToken | undefined>;
  list(): Promise<ApplicationToken[]>;
  revoke(id: string): Promise<boolean>;
  block(id: string, reason: string): Promise<void>;
  /** False where there was nothing to undo. */
  unblock(id: string): Promise<boolean>;
}

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly sealed: Uint8Array;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly blocked_at: Date | null;
  readonly blocked_reason: string | null;
}

export function applicationTokens(scope: Scope): ApplicationTokens {
  const { db } = scope;
  const remembered = briefly<ApplicationToken>(scope.vault);
  const asToken = async (row: Row): Promise<ApplicationToken> => {
    const json = sealedJson({ vault: scope.vault, tenant: row.tenant });
    const content = await json.open<{ name: string; scopes: string[]; patientId?: string }>(
      "application_token",
      row.id,
      1,
      row.sealed,
    );
    return {
      ...content,
      id: row.id,
      tenant: row.tenant,
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
      revokedAt: row.revoked_at ?? undefined,
      blockedAt: row.blocked_at ?? undefined,
      blockedReason: row.blocked_reason ?? undefined,
    };
  };
  return {
    async create({ tokenHash, name, scopes, patientId, expiresAt }) {
      const id = randomUUID();
      const row = {
        id,
        tenant: scope.tenant,
        sealed: await sealedJson(scope).seal("application_token", id, 1, { name, scopes, patientId }),
        created_at: new Date(scope.now()),
        expires_at: expiresAt ?? null,
        revoked_at: null,
        blocked_at: null,
        blocked_reason: null,
      };
      await db
        .insertInto("application_token")
        .values({ ...row, token_hash: tokenHash })
        .execute();
      return asToken(row);
    },
    async byToken(tokenHash) {
      const known = remembered.get(tokenHash);
      if (known !== undefined) return known;
      const row = await db
        .selectFrom("application_token")
        .selectAll()
        .where("token_hash", "=", tokenHash)
        .where("revoked_at", "is", null)
        .where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", new Date(scope.now()))]))
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const token = await asToken(row);
      remembered.set(tokenHash, token);
      return token;
    },
    async list() {
      const rows = await db
        .selectFrom("application_token")
        .selectAll()
        .where("tenant", "=", scope.tenant)
        .orderBy("created_at")
        .execute();
      return Promise.all(rows.map(asToken));
    },
    async revoke(id) {
      const result = await db
        .updateTable("application_token")
        .set({ revoked_at: new Date(scope.now()) })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      remembered.clear();
      return result.numUpdatedRows === 1n;
    },
    async block(id, reason) {
      await db
        .updateTable("application_token")
        .set({ blocked_at: new Date(scope.now()), blocked_reason: reason })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .execute();
      remembered.clear();
    },
    async unblock(id) {
      const result = await db
        .updateTable("application_token")
        .set({ blocked_at: null, blocked_reason: null })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .where("blocked_at", "is not", null)
        .executeTakeFirst();
      remembered.clear();
      return result.numUpdatedRows === 1n;
    },
  };
}
