import { sql } from "kysely";
import type { Scope } from "../scope.ts";
import { exactToken } from "./sealed-json.ts";

export interface Guesses {
  /**
   * Spends one guess for `key` before it is judged; kept in the database, so a restart and other processes count
   * on. Gives 0, or the milliseconds to wait where more than `limit` were spent within `windowMs`.
   */
  spend(key: string, limit: number, windowMs: number): Promise<number>;
  /** Gives back the one guess that was spent: it was right. */
  forgive(key: string): Promise<void>;
  /** Removes what has run out; resolves how many. */
  sweep(): Promise<number>;
}

/** Guesses by a keyed hash of who guesses and at what: the table names no one. */
export function guesses(scope: Scope): Guesses {
  const { db } = scope;
  const token = (key: string) => exactToken(scope, "guess", "key", key);
  return {
    async spend(key, limit, windowMs) {
      const at = scope.now();
      const [now, until] = [new Date(at), new Date(at + windowMs)];
      const result = await sql<{ spent: number; until: Date }>`insert into guess (key_token, spent, until)
        values (${token(key)}, 1, ${until})
        on conflict (key_token) do update set
          spent = case when guess.until <= ${now}::timestamptz then 1 else least(guess.spent + 1, 1000000) end,
          until = case when guess.until <= ${now}::timestamptz then excluded.until else guess.until end
        returning spent, until`.execute(db);
      const row = result.rows[0];
      return row === undefined || row.spent <= limit ? 0 : Math.max(1, new Date(row.until).getTime() - at);
    },
    async forgive(key) {
      await db
        .updateTable("guess")
        .set((of) => ({ spent: of("spent", "-", 1) }))
        .where("key_token", "=", token(key))
        .where("spent", ">", 0)
        .execute();
    },
    async sweep() {
      const result = await db.deleteFrom("guess").where("until", "<=", new Date(scope.now())).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
