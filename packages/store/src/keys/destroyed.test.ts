import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { type DatabaseOptions, openDatabase } from "../database/open.ts";
import { startPostgres } from "../testing/postgres.ts";
import { filesHolding } from "../testing/sentinel.ts";
import { openKeyStore } from "./key-store.ts";

/** What stands for a wrapped key: a text, so that it can be looked for in every form. */
const wrapped = "the-wrapped-key-of-one-who-will-be-forgotten";
const keyOf = (subject: string, text: string) => ({ subject, version: 1, wrapped: new TextEncoder().encode(text) });

const places: Record<string, () => Promise<{ directory: string; options: DatabaseOptions }>> = {
  async PGlite() {
    const folder = await mkdtemp(join(tmpdir(), "yizhan-keys-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const directory = join(folder, "db");
    return { directory, options: { kind: "pglite", directory } };
  },
  async PostgreSQL() {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    return { directory: server.directory, options: { kind: "postgres", url: await server.createDatabase("keys") } };
  },
};

/** Files of the tables, not of the log, once all that is in memory is on the disk. */
async function tablesHolding({ directory, options }: { directory: string; options: DatabaseOptions }, text: string) {
  const database = await openDatabase(options);
  await sql`checkpoint`.execute(database.kysely);
  await database.close();
  return (await filesHolding(directory, [text])).filter((name) => !name.startsWith("pg_wal"));
}

test.each(Object.keys(places))("the bytes of a destroyed key are in no table's file of %s", async (kind) => {
  const place = await places[kind]?.();
  if (place === undefined) throw new TypeError(kind);
  const before = await openKeyStore(place.options);
  await before.put(keyOf("mz/gone", wrapped));
  await before.put(keyOf("mz/kept", "another-wrapped-key-that-stays"));
  await before.close();
  expect(await tablesHolding(place, wrapped)).toHaveLength(1);

  const after = await openKeyStore(place.options);
  await after.destroy("mz/gone");
  await after.close();
  expect(await tablesHolding(place, wrapped)).toEqual([]);
  expect(await tablesHolding(place, "another-wrapped-key-that-stays")).toHaveLength(1);
});
