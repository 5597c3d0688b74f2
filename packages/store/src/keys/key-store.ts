import { type KeyStore, VaultError, type WrappedSubjectKey } from "@yizhan/vault";
import { type Kysely, sql } from "kysely";
import { migrate } from "../database/migrate.ts";
import { type DatabaseOptions, openDatabase } from "../database/open.ts";
import type { KeyTables } from "../database/tables.ts";
import { keyMigrations } from "../migrations/keys.ts";
import { gathered } from "../gather.ts";

/** A key store that must be closed. */
export interface OpenKeyStore extends KeyStore {
  close(): Promise<void>;
}

const subjectOrder = sql<string>`subject collate "C"`;

/**
 * Wrapped subject keys in a database of their own: never the data's database, so that neither the
 * data's write-ahead log nor its backups hold a key. Destroying a subject leaves a tombstone, and the table's file is written
 * anew: PostgreSQL leaves the bytes of a deleted row where they were. Its log holds them until its files serve again.
 */
export async function openKeyStore(options: DatabaseOptions): Promise<OpenKeyStore> {
  const database = await openDatabase(options);
  await migrate(database, keyMigrations);
  const db: Kysely<KeyTables> = database.kysely.withTables<KeyTables>();
  const isDestroyed = async (subject: string) =>
    (await db.selectFrom("destroyed_subject").select("subject").where("subject", "=", subject).executeTakeFirst()) !== undefined;
  // A search opens the records of fifty patients at once: one statement for all of their keys.
  const keysOf = gathered(async (subjects: readonly string[]) => {
    const { rows } =
      await sql<WrappedSubjectKey>`select * from subject_key k where subject = any(${[...new Set(subjects)]}::text[])
      and not exists (select from destroyed_subject d where d.subject = k.subject) order by version`.execute(db);
    const found = Map.groupBy(rows, (row) => row.subject);
    return subjects.map((subject) => found.get(subject) ?? []);
  });
  const putKey = gathered(async (keys: readonly WrappedSubjectKey[]) => {
    const { rows } = await sql<{ outcome: "made" | "there" | "forgotten" }>`select outcome from put_subject_keys(
      ${keys.map((key) => key.subject)}::text[], ${keys.map((key) => key.version)}::integer[], ${keys.map((key) => key.wrapped)}::bytea[])
      order by place`.execute(db);
    return rows.map((row) => row.outcome);
  });
  /** Of a destroyed key: still there where the table could not be written anew. */
  let bytesLeft = false;
  const writeAnew = gathered(async (wishes: readonly undefined[]) => {
    bytesLeft = false;
    try {
      await sql`vacuum full subject_key`.execute(db);
    } catch (error) {
      bytesLeft = true;
      throw error;
    }
    return wishes;
  });
  return {
    async get(subject) {
      return (await keysOf(subject)).map(asKey);
    },
    async put(key) {
      switch (await putKey(key)) {
        case "made":
          return true;
        case "there":
          return false;
        case "forgotten":
          throw new VaultError("subject-forgotten");
      }
    },
    async replace(key, expected) {
      if (key.subject !== expected.subject || key.version !== expected.version) return false;
      const result = await db
        .updateTable("subject_key")
        .set({ wrapped: key.wrapped })
        .where("subject", "=", expected.subject)
        .where("version", "=", expected.version)
        .where("wrapped", "=", expected.wrapped)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async list(afterSubject, limit) {
      // `limit` counts subjects: the versions of one subject are never split between two pages.
      const subjects = await db
        .selectFrom("subject_key")
        .select("subject")
        .groupBy("subject")
        .$if(afterSubject !== undefined, (query) => query.where(subjectOrder, ">", afterSubject ?? ""))
        .orderBy(subjectOrder)
        .limit(limit)
        .execute();
      if (subjects.length === 0) return [];
      const rows = await db
        .selectFrom("subject_key")
        .selectAll()
        .where(
          "subject",
          "in",
          subjects.map((row) => row.subject),
        )
        .orderBy(subjectOrder)
        .orderBy("version")
        .execute();
      return rows.map(asKey);
    },
    async destroy(subject) {
      const { numDeletedRows } = await db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`.execute(transaction);
        await transaction
          .insertInto("destroyed_subject")
          .values({ subject })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return transaction.deleteFrom("subject_key").where("subject", "=", subject).executeTakeFirstOrThrow();
      });
      bytesLeft ||= numDeletedRows > 0n;
      // A list of tombstones names many who have no key here.
      if (bytesLeft) await writeAnew(undefined);
    },
    isDestroyed,
    async tombstones(afterSubject, limit) {
      const rows = await db
        .selectFrom("destroyed_subject")
        .select("subject")
        .$if(afterSubject !== undefined, (query) => query.where(subjectOrder, ">", afterSubject ?? ""))
        .orderBy(subjectOrder)
        .limit(limit)
        .execute();
      return rows.map((row) => row.subject);
    },
    close: () => database.close(),
  };
}

function asKey(row: WrappedSubjectKey): WrappedSubjectKey {
  return { subject: row.subject, version: row.version, wrapped: new Uint8Array(row.wrapped) };
}
