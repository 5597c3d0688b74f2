import { sql } from "kysely";
import type { Scope } from "../scope.ts";
import { addressBlocks } from "./address-blocks.ts";
import { challenges } from "./challenges.ts";
import { guesses } from "./guesses.ts";
import { idempotency } from "./idempotency.ts";
import { sessions } from "./sessions.ts";

/** How long the answer to a request is kept for its retries, in milliseconds. */
const keptAnswersMs = 24 * 3_600_000;

export interface Expiry {
  /** Removes what has run out, in every organisation; resolves how many rows. */
  sweep(): Promise<number>;
  /** Epoch milliseconds at which the next row runs out; undefined where none will. Reads the ends of indexes only. */
  next(): Promise<number | undefined>;
}

/** Rows that are good for a time: sessions, guesses, challenges, blocked addresses, answers kept for retries. */
export function expiry(scope: Scope): Expiry {
  const { db } = scope;
  return {
    async sweep() {
      const before = new Date(scope.now() - keptAnswersMs);
      const sweeps = [
        sessions(scope).sweep(),
        guesses(scope).sweep(),
        challenges(scope).sweep(),
        addressBlocks(scope).sweep(),
        idempotency(scope).sweep(before),
        sweepPatients(scope),
      ];
      return (await Promise.all(sweeps)).reduce((sum, count) => sum + count, 0);
    },
    async next() {
      const result = await sql<{ at: Date | null }>`select least(
          (select min(expires_at) from session), (select min(expires_at) from patient_session), (select min(until) from guess),
          (select min(expires_at) from challenge), (select min(until) from address_block),
          (select min(created_at) from idempotency) + make_interval(secs => ${keptAnswersMs / 1000})
        ) as at`.execute(db);
      const at = result.rows[0]?.at ?? null;
      return at === null ? undefined : new Date(at).getTime();
    },
  };
}

async function sweepPatients({ db, now }: Scope): Promise<number> {
  const result = await db.deleteFrom("patient_session").where("expires_at", "<=", new Date(now())).executeTakeFirst();
  return Number(result.numDeletedRows);
}
