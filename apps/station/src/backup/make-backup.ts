import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Store, writeDataFile } from "@yizhan/store";

export interface BackupFiles {
  readonly file: string;
  readonly keysFile: string;
  /** Of the data's file. */
  readonly bytes: number;
}

/** Where a station keeps its own backups, and the one copy of its key store. */
export function backupFolder(data: string): string {
  return join(data, "backups");
}

/** `20261123T021500Z`: sorts by time, and fits any file system. */
export function stampOf(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/**
 * Writes the data's file, then the key store's: a key that data of the snapshot need is in the later copy.
 * The key store's copy always replaces the one before, so that forgetting reaches it.
 */
export async function makeBackup(
  from: { readonly store: Store; readonly writeKeys: (path: string) => Promise<number>; readonly data: string },
  progress: (rows: number) => void,
  now = new Date(),
): Promise<BackupFiles> {
  const folder = backupFolder(from.data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { database, vault } = from.store;
  const file = join(folder, `${vault.country}-${stampOf(now)}.yzb`);
  const keysFile = join(folder, `${vault.country}.yzk`);
  let told = 0;
  const bytes = await writeDataFile(file, { database, vault, createdAt: now, files: from.store.files?.directory }, ({ rows }) => {
    if (rows - told < 1_000) return;
    told = rows;
    progress(rows);
  });
  await from.writeKeys(keysFile);
  return { file, keysFile, bytes };
}
