import { createReadStream } from "node:fs";
import { access, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  type AuditReport,
  backupFolder,
  type BackupFiles,
  type Checked,
  dropPutAside,
  dropLeftovers,
  dropOldest,
  finishSwap,
  hubMigrations,
  type Invited,
  leftovers,
  lockFolder,
  makeBackup,
  type Manifest,
  moveOut,
  restore,
  type Restored,
  restoreTest,
  verifyLog,
  writeBackupStatus,
  writeWhole,
} from "@yizhan/store";
import { readRootKey } from "@yizhan/vault";
import type { HubConfig } from "../config.ts";
import { readInvitations } from "../federation/invitations.ts";
import { databasePlaces, openStorage } from "../storage.ts";

export interface BackupRequest {
  /** Where backups and the one copy of the key store are kept; default: `<data>/backups`. */
  readonly folder?: string | undefined;
  /** Where this one's data go instead. */
  readonly output?: string | undefined;
  /** Where the key store's copy goes besides. */
  readonly keysOutput?: string | undefined;
  /** How many stay in the folder; default 7. */
  readonly keep?: number | undefined;
}

export interface BackupDone extends BackupFiles {
  readonly manifest: Manifest;
  readonly checked: Checked;
}

export type Stage = "writing" | "checking" | "restoring";
export type Report = (stage: Stage, rows: number) => void;

/**
 * Backs the hub up and proves the backup by restoring it, from its two files and the root alone, to a scratch place. Both
 * files stand in the folder only then. An embedded hub must be stopped: throws `in-use`.
 */
export async function backUp(config: HubConfig, request: BackupRequest, report: Report): Promise<BackupDone> {
  const folder = request.folder ?? backupFolder(config.data);
  const work = join(folder, ".work");
  await rm(work, { recursive: true, force: true });
  try {
    const invitations = await readInvitations(config.invitations);
    const storage = await openStorage(config);
    const made = await makeBackup({ ...storage, folder: work, invitations }, (rows) => report("writing", rows)).finally(() =>
      storage.close(),
    );
    const found = await restoreTest({
      country: config.country,
      root: await readRootKey(config.root, { country: config.country }),
      file: made.file,
      keysFile: made.keysFile,
      data: (await databasePlaces(config)).data,
      folder: work,
      steps: hubMigrations,
      progress: ({ rows }) => report("checking", rows),
    });
    const at = new Date().toISOString();
    if (request.keysOutput !== undefined) await writeWhole(resolve(request.keysOutput), createReadStream(made.keysFile));
    // The keys first: no backup stands there without the key that opens it.
    const keysFile = await moveOut(made.keysFile, join(folder, basename(made.keysFile)));
    const file = await moveOut(made.file, request.output ?? join(folder, basename(made.file)));
    await writeBackupStatus(config.data, {
      backup: { at: found.manifest.createdAt, file, bytes: made.bytes, rows: found.checked.rows },
      restoreTest: { at, file, rows: found.checked.rows, opened: found.checked.opened },
    });
    if (request.output === undefined) await dropOldest(folder, config.country, request.keep ?? 7);
    return { file, keysFile, bytes: made.bytes, ...found };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Verifies the hub's own audit log. `others`: files of checkpoints that were kept elsewhere. An embedded hub must be
 * stopped: throws `in-use`.
 */
export async function verifyAuditLog(config: HubConfig, others: readonly string[]): Promise<AuditReport> {
  const storage = await openStorage(config);
  return verifyLog(storage.store, config.data, others, "no-records").finally(() => storage.close());
}

export interface RestoreRequest {
  readonly file: string;
  readonly keysFile?: string | undefined;
  readonly tombstones?: readonly string[] | undefined;
}

export interface HubRestored extends Restored {
  /** Countries whose invitations came back. One that was used since the backup is open again. */
  readonly invited: readonly string[];
}

/**
 * Restores a stopped hub. Its stations notice by its history, and send again what it no longer knows. The list of
 * invitations comes back where none stands: one that does is newer.
 */
export async function restoreHub(config: HubConfig, request: RestoreRequest, report: Report): Promise<HubRestored> {
  await using held = new AsyncDisposableStack();
  const { data, keys } = await databasePlaces(config);
  if (data.kind === "pglite") held.adopt(await lockFolder(config.data), (lock) => lock.release());
  await finishSwap(config.data);
  for (const target of [data, keys]) await dropLeftovers(target, (await leftovers(target)).broken);
  const own = join(config.data, "tombstones.yzt");
  const file = resolve(request.file);
  const now = new Date();
  const done = await restore({
    country: config.country,
    root: await readRootKey(config.root, { country: config.country }),
    file,
    keysFile: request.keysFile === undefined ? undefined : resolve(request.keysFile),
    tombstoneFiles: [...((await isFile(own)) ? [own] : []), ...(request.tombstones ?? []).map((path) => resolve(path))],
    data,
    keys,
    folder: config.data,
    tombstones: own,
    steps: hubMigrations,
    now,
    progress: ({ rows }) => report("restoring", rows),
  });
  const invited = await bringBack(config.invitations, done.manifest.invitations ?? []);
  await writeBackupStatus(config.data, { restore: { at: now.toISOString(), file, madeAt: done.manifest.createdAt } });
  return { ...done, invited };
}

/** Removes what restores put aside, and what killed ones left; the names of what went. */
export async function dropAside(config: HubConfig): Promise<string[]> {
  await using held = new AsyncDisposableStack();
  const { data, keys } = await databasePlaces(config);
  if (data.kind === "pglite") held.adopt(await lockFolder(config.data), (lock) => lock.release());
  await finishSwap(config.data);
  // Awaited here: the lock goes when this function ends.
  return await dropPutAside([data, keys, { kind: "pglite", directory: join(config.data, "files") } as const]);
}

async function bringBack(path: string | undefined, invitations: readonly Invited[]): Promise<string[]> {
  if (path === undefined || invitations.length === 0 || (await isFile(path))) return [];
  await writeWhole(path, [Buffer.from(`${JSON.stringify(invitations, null, 2)}\n`)]);
  return invitations.map(({ node }) => node);
}

async function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
