import type { KeyStore } from "@yizhan/vault";
import { sql } from "kysely";
import { patientOf } from "./resources/subjects.ts";
import type { Store } from "./store.ts";

const pageSize = 500;

/**
 * Forgets again whoever has a tombstone and still left something in the data: a process that died between the
 * key's destruction and the rows' removal, or a restore, leaves rows that nobody can open and that could still be
 * counted. Resolves how many tombstones there are and of how many something was removed. Safe to repeat.
 */
export async function forgetAgain(
  store: Pick<Store, "database" | "files" | "forget">,
  keys: Pick<KeyStore, "tombstones">,
): Promise<{ readonly forgotten: number; readonly finished: number }> {
  let forgotten = 0;
  let finished = 0;
  let after: string | undefined;
  do {
    const subjects = await keys.tombstones(after, pageSize);
    const patients = subjects.filter((subject) => patientOf(subject) !== undefined);
    forgotten += patients.length;
    for (const subject of await left(store, patients)) {
      const patient = patientOf(subject);
      if (patient === undefined) continue;
      await store.forget(patient.id, patient.tenant);
      finished += 1;
    }
    after = subjects.at(-1);
  } while (after !== undefined);
  return { forgotten, finished };
}

/** Those of whom a record, an earlier version, a row of the worklist or a file is still there. */
async function left(
  { database, files }: Pick<Store, "database" | "files">,
  subjects: readonly string[],
): Promise<ReadonlySet<string>> {
  if (subjects.length === 0) return new Set();
  const { rows } = await sql<{ subject: string }>`select s.subject from unnest(${[...subjects]}::text[]) as s (subject)
    where exists (select from resource r where r.subject = s.subject and r.sealed is not null)
      or exists (select from resource_history h where h.subject = s.subject)
      or exists (select from case_view c where c.subject = s.subject)`.execute(database.kysely);
  const found = new Set(rows.map((row) => row.subject));
  for (const subject of subjects) if ((await files?.has(subject)) === true) found.add(subject);
  return found;
}
