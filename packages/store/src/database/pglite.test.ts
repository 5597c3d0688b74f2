import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openPglite } from "./pglite.ts";

const segment = /^[0-9A-F]{24}$/;

test("neither its log nor its tables grow with what was once written: a station may run for years", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-log-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const directory = join(folder, "db");
  const database = new Kysely({ dialect: await openPglite(directory) });
  await sql`create table written (part integer)`.execute(database);
  await sql`create table passing (number integer)`.execute(database);
  // Each is a segment of 16 MiB to its end.
  for (let part = 1; part <= 14; part++) {
    await sql`insert into written values (${part})`.execute(database);
    await sql`insert into passing select generate_series(1, 20000)`.execute(database);
    await sql`delete from passing`.execute(database);
    await sql`select pg_switch_wal()`.execute(database);
  }
  // Before it is closed: that writes the log into the tables anyway.
  const left = (await readdir(join(directory, "pg_wal"))).filter((name) => segment.test(name));
  const { rows } = await sql<{ bytes: string }>`select pg_relation_size('passing') as bytes`.execute(database);
  await database.destroy();
  // Those of fourteen times are 10 MB.
  expect(Number(rows[0]?.bytes)).toBeLessThan(5_000_000);
  expect(left.length).toBeLessThan(9);

  const again = new Kysely({ dialect: await openPglite(directory) });
  onTestFinished(() => again.destroy());
  expect((await sql<{ all: number }>`select count(*)::int as all from written`.execute(again)).rows).toEqual([{ all: 14 }]);
});
