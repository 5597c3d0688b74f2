import type { KeyStore } from "@yizhan/vault";
import { sql } from "kysely";
import type { Database } from "../database/open.ts";
import { lockedOutAccount } from "../resources/subjects.ts";

const pageSize = 500;

/**
 * Locks out again whoever was locked out since the backup was made, as the key store remembers. One who was let in
 * again meanwhile is locked out too: an administrator says so anew. Resolves of how many accounts it changed something.
 */
export async function lockOutAgain(
  { kysely }: Pick<Database, "kysely">,
  keys: Pick<KeyStore, "tombstones">,
  now: Date,
): Promise<number> {
  let changed = 0;
  let after: string | undefined;
  do {
    const subjects = await keys.tombstones(after, pageSize);
    const ids = subjects.flatMap((subject) => lockedOutAccount(subject) ?? []);
    if (ids.length > 0) {
      const { rows } = await sql`update account set disabled_at = ${now}::timestamptz
        where id = any(${ids}::text[]) and disabled_at is null returning id`.execute(kysely);
      changed += rows.length;
    }
    after = subjects.at(-1);
  } while (after !== undefined);
  return changed;
}
