import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkKeyStore } from "@yizhan/vault/testing";
import { expect, test } from "vitest";
import { openKeyStore } from "../keys/key-store.ts";
import { stationMigrations } from "../migrations/index.ts";
import { overDatabases } from "../testing/databases.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open.ts";

overDatabases("the database", (fresh) => {
  test("migrates once, again without effect, and refuses a newer schema", async () => {
    const database = await openDatabase(await fresh());
    const steps = stationMigrations.map((step) => step.name);
    const both = await Promise.all([migrate(database, stationMigrations), migrate(database, stationMigrations)]);
    expect(both.flat()).toEqual(steps);
    expect(await migrate(database, stationMigrations)).toEqual([]);
    await expect(migrate(database, stationMigrations.slice(0, -1))).rejects.toMatchObject({ code: "schema-newer" });
    await database.close();
  });

  test("a failing step leaves nothing behind", async () => {
    const database = await openDatabase(await fresh());
    const broken = { name: "9999-broken", up: () => Promise.reject(new Error("stopped half-way")) };
    await expect(migrate(database, [...stationMigrations, broken])).rejects.toThrow("stopped half-way");
    expect(await migrate(database, stationMigrations)).toEqual(stationMigrations.map((step) => step.name));
    await database.close();
  });

  test("the key store keeps what the vault expects of one", async () => {
    const store = await openKeyStore(await fresh());
    await checkKeyStore(store);
    await store.close();
  });
});

test("a database that is not there says so without its password", async () => {
  const failure = await openDatabase({ kind: "postgres", url: "postgres://who:s3cret@127.0.0.1:9/none" }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "database-gone" });
  expect(String((failure as Error).stack)).not.toContain("s3cret");
});

test("an embedded database is there again after closing", async () => {
  const directory = await mkdtemp(join(tmpdir(), "yizhan-db-"));
  const first = await openDatabase({ kind: "pglite", directory });
  await migrate(first, stationMigrations);
  await first.close();
  const second = await openDatabase({ kind: "pglite", directory });
  expect(await migrate(second, stationMigrations)).toEqual([]);
  await second.close();
  await rm(directory, { recursive: true });
});
