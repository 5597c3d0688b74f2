import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Store } from "../store.ts";
import { writeDataFile } from "./data-file.ts";
import type { Invited } from "./manifest.ts";
import { writeWhole } from "./write-file.ts";

export interface BackupFiles {
  readonly file: string;
  readonly keysFile: string;
  /** Of the data's file. */
  readonly bytes: number;
}

/** Where a node keeps its own backups, and the one copy of its key store, where nothing else is said. */
export function backupFolder(data: string): string {
  return join(data, "backups");
}

/** `20261123T021500Z`: sorts by time, and fits any file system. */
function stampOf(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/**
 * Writes the data's file, then the key store's, into `folder`: a key that data of the snapshot need is in the later copy.
 * The key store's copy always replaces the one before, so that forgetting reaches it.
 */
export async function makeBackup(
  from: {
    readonly store: Store;
    readonly writeKeys: (path: string) => Promise<number>;
    readonly folder: string;
    readonly invitations?: readonly Invited[];
  },
  progress: (rows: number) => void,
  now = new Date(),
): Promise<BackupFiles> {
  const { folder } = from;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { database, vault, files } = from.store;
  const file = join(folder, `${vault.country}-${stampOf(now)}.yzb`);
  const keysFile = join(folder, `${vault.country}.yzk`);
  let told = 0;
  const bytes = await writeDataFile(
    file,
    { database, vault, createdAt: now, files: files?.directory, invitations: from.invitations },
    ({ rows }) => {
      if (rows - told < 1_000) return;
      told = rows;
      progress(rows);
    },
  );
  await from.writeKeys(keysFile);
  return { file, keysFile, bytes };
}

/** Brings a file to where it is wanted, whole or not at all; it is gone from where it was. */
export async function moveOut(file: string, output: string): Promise<string> {
  const target = resolve(output);
  await writeWhole(target, createReadStream(file));
  await rm(file);
  return target;
}

/** Removes what is beyond the newest `keep`; call it only once a newer one was restored. `.tar` is what hubs once wrote. */
export async function dropOldest(folder: string, country: string, keep: number): Promise<void> {
  const made = (await readdir(folder)).filter((name) => name.startsWith(`${country}-`) && /\.(?:yzb|tar)$/.test(name)).sort();
  for (const name of made.slice(0, Math.max(0, made.length - keep))) await rm(join(folder, name));
}
