import { sql } from "kysely";
import type { Database } from "../database/open.ts";

/** Why an application token that came back with a backup is blocked. */
export const restoredToken = "restored";

/**
 * Blocks every application token that came back: one that was revoked since the backup would work again, and no list
 * of revocations outlives the machine as surely as this. An administrator lifts the block of what is still wanted.
 * Resolves how many.
 */
export async function holdTokens({ kysely }: Pick<Database, "kysely">, now: Date): Promise<number> {
  const { rows } = await sql`update application_token set blocked_at = coalesce(blocked_at, ${now}::timestamptz),
      blocked_reason = coalesce(blocked_reason, ${restoredToken}::text)
    where revoked_at is null and (expires_at is null or expires_at > ${now}::timestamptz) returning id`.execute(kysely);
  return rows.length;
}
