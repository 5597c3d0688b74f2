import type { Scope } from "../scope.ts";
import { exactToken, exactTokens, sealedJson } from "./sealed-json.ts";

export interface Idempotency {
  /**
   * Inside the transaction of the effect: undefined when this caller is the first with `key` and must
   * call `keep` before it commits, else the answer that was kept. A second caller at the same moment
   * waits for the first one's commit.
   */
  claim<T>(operation: string, key: string): Promise<T | undefined>;
  keep(operation: string, key: string, answer: unknown): Promise<void>;
  /** Removes what is older; resolves how many. */
  sweep(before: Date): Promise<number>;
}

export function idempotency(scope: Scope): Idempotency {
  const { db } = scope;
  const json = sealedJson(scope);
  const name = (operation: string, key: string) => `${operation}\n${key}`;
  const rowName = (token: Uint8Array) => Buffer.from(token).toString("base64url");
  return {
    async claim<T>(operation: string, key: string) {
      const token = exactToken(scope, "idempotency", "key", name(operation, key));
      const earlier = exactTokens(scope, "idempotency", "key", name(operation, key));
      // Waits where another transaction has just claimed the same key.
      await db
        .insertInto("idempotency")
        .values({ key_token: token, sealed: null, created_at: new Date(scope.now()) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const rows = await db
        .selectFrom("idempotency")
        .selectAll()
        .where("key_token", "in", earlier)
        .where("sealed", "is not", null)
        .execute();
      const row = rows[0];
      return row === undefined || row.sealed === null
        ? undefined
        : json.open<T>("idempotency", rowName(row.key_token), 1, row.sealed);
    },
    async keep(operation, key, answer) {
      const token = exactToken(scope, "idempotency", "key", name(operation, key));
      const sealed = await json.seal("idempotency", rowName(token), 1, answer);
      await db.updateTable("idempotency").set({ sealed }).where("key_token", "=", token).execute();
    },
    async sweep(before) {
      const result = await db.deleteFrom("idempotency").where("created_at", "<", before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
