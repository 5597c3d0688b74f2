import type { Scope } from "../scope.ts";
import { exactToken, exactTokens } from "./sealed-json.ts";

/** Challenges that are good once, for one purpose and person: only their keyed hash is kept. */
export interface Challenges {
  keep(purpose: string, challenge: string, expiresAt: Date): Promise<void>;
  /** True once, for a challenge that was kept for this purpose and has not run out. */
  take(purpose: string, challenge: string): Promise<boolean>;
  sweep(): Promise<number>;
}

export function challenges(scope: Scope): Challenges {
  const { db } = scope;
  const name = (purpose: string, challenge: string) => `${purpose}\n${challenge}`;
  return {
    async keep(purpose, challenge, expiresAt) {
      const key_token = exactToken(scope, "challenge", "key", name(purpose, challenge));
      await db.insertInto("challenge").values({ key_token, expires_at: expiresAt }).execute();
    },
    async take(purpose, challenge) {
      const result = await db
        .deleteFrom("challenge")
        .where("key_token", "in", exactTokens(scope, "challenge", "key", name(purpose, challenge)))
        .where("expires_at", ">", new Date(scope.now()))
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
    async sweep() {
      const result = await db.deleteFrom("challenge").where("expires_at", "<=", new Date(scope.now())).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
