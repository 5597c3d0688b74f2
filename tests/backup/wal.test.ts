import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openDatabase, openKeyStore, openStore, patientSubject, stationMigrations } from "@yizhan/store";
import { baseBackup, startPostgres } from "@yizhan/store/testing";
import { keyBytes, memoryKeyStore, openVault, reconcileTombstones, type KeyStore, type WrappedSubjectKey } from "@yizhan/vault";
import { expect, test } from "vitest";

const root = keyBytes(new Uint8Array(randomBytes(32)));

async function openOver(url: string, keyStore: KeyStore) {
  const database = await openDatabase({ kind: "postgres", url });
  await migrate(database, stationMigrations);
  const vault = await openVault({ country: "MZ", root, keyStore });
  return { store: openStore({ database, vault, tenantDefault: "home" }), vault, database };
}

async function copyOf(keys: KeyStore): Promise<KeyStore> {
  const copy = memoryKeyStore();
  let after: string | undefined;
  do {
    const page: readonly WrappedSubjectKey[] = await keys.list(after, 100);
    for (const key of page) await copy.put(key);
    after = page.at(-1)?.subject;
  } while (after !== undefined);
  return copy;
}

/**
 * The strongest restore there is: the data's files of yesterday and every byte written since, replayed. The
 * rows of a forgotten patient come back; the key does not, because the key store is another server's.
 */
test("yesterday's base backup and its WAL do not open a forgotten patient", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-wal-"));
  const archive = join(folder, "archive");
  await mkdir(archive);
  await chmod(folder, 0o755);
  await chmod(archive, 0o777);
  const archiving = ["archive_mode=on", `archive_command=cp %p ${archive}/%f`, "wal_level=replica", "max_wal_senders=2"];
  const data = await startPostgres({ settings: ["fsync=off", ...archiving] });
  const keysServer = await startPostgres();
  const keys = await openKeyStore({ kind: "postgres", url: keysServer.url });
  const live = await openOver(data.url, keys);

  const before = await live.store.transaction((tx) =>
    tx.resources.create({ resourceType: "Patient", name: [{ family: "Before" }] }),
  );
  await baseBackup(data.url, join(folder, "base"));
  // She is only in the log, not in the files that were copied.
  const ana = await live.store.transaction((tx) =>
    tx.resources.create({ resourceType: "Patient", name: [{ family: "Machava" }] }),
  );
  const yesterdaysKeys = await copyOf(keys);
  await live.vault.forget(patientSubject("home", ana.id));
  await expect(live.store.direct().resources.read("Patient", ana.id)).rejects.toMatchObject({ code: "subject-forgotten" });
  await live.database.close();
  // In order: the last of its log goes to the archive.
  await data.stop();

  const second = await startPostgres({
    settings: ["fsync=off", `restore_command=cp ${archive}/%f %p`, "recovery_target_action=promote"],
    async fill(cluster) {
      await rename(join(folder, "base"), cluster);
      await writeFile(join(cluster, "recovery.signal"), "");
    },
  });
  // Who has yesterday's keys as well reads her: the rows are all there.
  const thief = await openOver(second.url, yesterdaysKeys);
  const read = await thief.store.direct().resources.read("Patient", ana.id);
  expect(read?.resource).toMatchObject({ name: [{ family: "Machava" }] });
  thief.vault.close();
  await thief.database.close();

  const restored = await openOver(second.url, keys);
  await expect(restored.store.direct().resources.read("Patient", ana.id)).rejects.toMatchObject({ code: "subject-forgotten" });
  const other = await restored.store.direct().resources.read("Patient", before.id);
  expect(other?.resource).toMatchObject({ name: [{ family: "Before" }] });
  restored.vault.close();
  // Yesterday's keys, told of today's tombstones first, do not open her either.
  expect(await reconcileTombstones(keys, [yesterdaysKeys])).toBe(1);
  const told = await openVault({ country: "MZ", root, keyStore: yesterdaysKeys });
  await expect(told.subject(patientSubject("home", ana.id))).rejects.toMatchObject({ code: "subject-forgotten" });
  told.close();
  await restored.database.close();
  await keys.close();
  for (const server of [second, keysServer]) await server.stop();
  await rm(folder, { recursive: true });
}, 120_000);
