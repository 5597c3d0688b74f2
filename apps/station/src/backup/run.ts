import { access, rm } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import {
  type AuditReport,
  backupFolder,
  type BackupFiles,
  type Checked,
  dropPutAside,
  dropLeftovers,
  dropOldest,
  finishSwap,
  leftovers,
  lockFolder,
  makeBackup,
  type Manifest,
  moveOut,
  restore,
  type Restored,
  restoreTest,
  stationMigrations,
  type Target,
  verifyLog,
  writeBackupStatus,
  writeWhole,
} from "@yizhan/store";
import { readRootKey } from "@yizhan/vault";
import type { StationConfig } from "../config.ts";
import { databasePlaces, openStorage, type Storage, tombstonePath } from "../storage.ts";
import { askForAudit, askForBackup } from "./door.ts";

export interface BackupRequest {
  /** Where the data's file goes; default: the station's own folder. */
  readonly output?: string | undefined;
  /** Where the key store's copy goes besides. */
  readonly keysOutput?: string | undefined;
  /** How many backups stay in the station's own folder; default 7. */
  readonly keep?: number | undefined;
}

export interface BackupDone extends BackupFiles {
  readonly manifest: Manifest;
  readonly checked: Checked;
}

export type Stage = "writing" | "checking" | "restoring";
export type Report = (stage: Stage, rows: number) => void;

/**
 * Backs a station up and proves the backup by restoring it to a scratch place. An embedded station that runs
 * is asked to write it; otherwise this process opens the databases itself.
 */
export async function backUp(config: StationConfig, request: BackupRequest, report: Report): Promise<BackupDone> {
  const writing = (rows: number) => report("writing", rows);
  const embedded = config.database.kind === "pglite";
  const made = (embedded ? await askForBackup(config.data, writing) : undefined) ?? (await offline(config, writing));
  const root = await readRootKey(config.root, { country: config.country });
  const { data } = await targets(config);
  const found = await restoreTest({
    country: config.country,
    root,
    file: made.file,
    keysFile: made.keysFile,
    data,
    folder: backupFolder(config.data),
    steps: stationMigrations,
    progress: ({ rows }) => report("checking", rows),
  });
  const at = new Date().toISOString();
  const file = request.output === undefined ? made.file : await moveOut(made.file, request.output);
  if (request.keysOutput !== undefined) await writeWhole(resolve(request.keysOutput), createReadStream(made.keysFile));
  await writeBackupStatus(config.data, {
    backup: { at: found.manifest.createdAt, file, bytes: made.bytes, rows: found.checked.rows },
    restoreTest: { at, file, rows: found.checked.rows, opened: found.checked.opened },
  });
  if (request.output === undefined) await dropOldest(backupFolder(config.data), config.country, request.keep ?? 7);
  return { ...made, file, ...found };
}

async function offline(config: StationConfig, progress: (rows: number) => void): Promise<BackupFiles> {
  return withStorage(config, ({ store, writeKeys }) =>
    makeBackup({ store, writeKeys, folder: backupFolder(config.data) }, progress),
  );
}

/** Opens the databases in this process: an embedded station must be stopped. Throws `in-use`. */
async function withStorage<T>(config: StationConfig, work: (storage: Storage) => Promise<T>): Promise<T> {
  await using held = new AsyncDisposableStack();
  if (config.database.kind === "pglite") held.adopt(await lockFolder(config.data), (lock) => lock.release());
  const storage = held.adopt(await openStorage(config), (one) => one.close());
  // Awaited here: what it needs closes when this function ends.
  return await work(storage);
}

/** Verifies the audit log, of a station that runs or of one that is stopped. `checkpoints`: files of notes kept elsewhere. */
export async function verifyAuditLog(config: StationConfig, checkpoints: readonly string[]): Promise<AuditReport> {
  const asked = config.database.kind === "pglite" ? await askForAudit(config.data, checkpoints) : undefined;
  return asked ?? (await withStorage(config, ({ store }) => verifyLog(store, config.data, checkpoints)));
}

export interface RestoreRequest {
  readonly file: string;
  /** Set: `file` names a backup of the bucket that this configuration describes, or is `newest`. */
  readonly copies?: string | undefined;
  readonly keysFile?: string | undefined;
  readonly tombstones?: readonly string[] | undefined;
}

/** Restores a stopped station. Throws `in-use` while it runs, and what the bucket's own functions throw. */
export async function restoreStation(config: StationConfig, request: RestoreRequest, report: Report): Promise<Restored> {
  if (request.copies === undefined) return restoreFrom(config, request, report);
  const folder = join(config.data, "fetched");
  // Loaded here: no other backup needs the bucket's client.
  const { fetchCopy, readCopies } = await import("./bucket/carry.ts");
  try {
    const found = await fetchCopy(await readCopies(request.copies), request.file, folder);
    const tombstones = [...(request.tombstones ?? []), ...(found.tombstones === undefined ? [] : [found.tombstones])];
    return await restoreFrom(config, { file: found.file, keysFile: request.keysFile ?? found.keysFile, tombstones }, report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function restoreFrom(config: StationConfig, request: RestoreRequest, report: Report): Promise<Restored> {
  await using held = new AsyncDisposableStack();
  const { data, keys } = await targets(config);
  if (data.kind === "pglite") held.adopt(await lockFolder(config.data), (lock) => lock.release());
  await finishSwap(config.data);
  const own = tombstonePath(config);
  const tombstoneFiles = [...((await isFile(own)) ? [own] : []), ...(request.tombstones ?? []).map((path) => resolve(path))];
  for (const target of [data, keys, filesTarget(config)]) {
    if (target.kind === "pglite") await dropLeftovers(target, (await leftovers(target)).broken);
  }
  const file = resolve(request.file);
  const now = new Date();
  const done = await restore({
    country: config.country,
    root: await readRootKey(config.root, { country: config.country }),
    file,
    keysFile: request.keysFile === undefined ? undefined : resolve(request.keysFile),
    tombstoneFiles,
    data,
    keys,
    folder: config.data,
    tombstones: own,
    steps: stationMigrations,
    now,
    progress: ({ rows }) => report("restoring", rows),
  });
  await writeBackupStatus(config.data, { restore: { at: now.toISOString(), file, madeAt: done.manifest.createdAt } });
  return done;
}

/** Removes what restores put aside, and what killed ones left; the names of what went. */
export async function dropAside(config: StationConfig): Promise<string[]> {
  await using held = new AsyncDisposableStack();
  const { data, keys } = await targets(config);
  if (data.kind === "pglite") held.adopt(await lockFolder(config.data), (lock) => lock.release());
  await finishSwap(config.data);
  // Awaited here: the lock goes when this function ends.
  return await dropPutAside([data, keys, filesTarget(config)]);
}

/** Where the attachments are: a folder, whichever engine has the rows. */
function filesTarget(config: StationConfig): Target {
  return { kind: "pglite", directory: join(config.data, "files") };
}

async function targets(config: StationConfig): Promise<{ readonly data: Target; readonly keys: Target }> {
  const places = await databasePlaces(config);
  return { data: places.data, keys: places.keys };
}

async function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
