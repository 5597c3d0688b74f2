import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type KeyBytes, memoryKeyStore, openVault, reconcileTombstones, type Vault, VaultError } from "@yizhan/vault";
import type { Migration } from "../database/migrate.ts";
import { type Database, openDatabase } from "../database/open.ts";
import { type OpenKeyStore, openKeyStore } from "../keys/key-store.ts";
import { checkpointPath, keepNotesUpTo } from "../audit/checkpoint-file.ts";
import { forgetAgain } from "../forget-again.ts";
import { openStore } from "../store.ts";
import { type Checked, checkRestored } from "./check.ts";
import { openContainer } from "./container.ts";
import { assertCountry, loadDataFile } from "./data-file.ts";
import { BackupError } from "./errors.ts";
import { holdTokens } from "./held-tokens.ts";
import { lockOutAgain } from "./locked-out.ts";
import { loadKeysFile, type RootPlace, writeKeysFile } from "./keys-file.ts";
import type { Manifest, Progress } from "./manifest.ts";
import { type FreshPlace, freshPlace, isThere, type Target } from "./place.ts";
import { assertUnused, swapIn } from "./swap.ts";

export interface RestoreOptions {
  readonly country: string;
  readonly root: KeyBytes;
  /** The `.yzb` file. */
  readonly file: string;
  /** The `.yzk` file: needed where there is no key store, or another one. */
  readonly keysFile: string | undefined;
  /** Files of tombstones: the station's own, and what the operator has besides. */
  readonly tombstoneFiles: readonly string[];
  readonly data: Target;
  readonly keys: Target;
  /** The station's data folder. */
  readonly folder: string;
  /** Where the list of those forgotten is kept from now on. */
  readonly tombstones: string;
  readonly steps: readonly Migration[];
  readonly now: Date;
  readonly progress?: (done: Progress) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly checked: Checked;
  /** People whose keys are destroyed, and whose rows were taken out of the restored data. */
  readonly forgotten: number;
  /** Application tokens that came back, and are blocked until an administrator confirms them. */
  readonly tokens: number;
  /** Accounts that were locked out since the backup, and are again. */
  readonly accounts: number;
  /** Where the old databases are now. */
  readonly aside: readonly string[];
}

/**
 * Restores a backup. The newest tombstones there are (the present key store's, the copy's, the files') are
 * carried into the key store before any of the data can be opened. The data go into a fresh place, are
 * checked, and stand where the old ones stood only at the end; what fails leaves everything as it was.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { country, root, folder } = options;
  const place: RootPlace = { root, country };
  const fresh: FreshPlace[] = [];
  try {
    await using opened = new AsyncDisposableStack();
    assertCountry(options.file, (await openContainer(options.file, "data")).part.country, country);
    await assertUnused(options.data);
    await assertUnused(options.keys);
    const present = await openPresent(options.keys, opened);
    const keys = options.keysFile === undefined ? present : await freshKeys(options.keysFile, options.keys, place, fresh, opened);
    if (keys === undefined) throw new BackupError("keys-missing", "There is no key store here, and no file of one was given.");
    if (present !== undefined && present !== keys) await reconcileTombstones(present, [keys]);
    for (const path of options.tombstoneFiles) await loadKeysFile(path, "tombstones", keys, place);

    const vault = opened.adopt(await openVaultOver(country, root, keys), (one) => one.close());
    const dataPlace = await freshPlace(options.data, "restoring");
    fresh.push(dataPlace);
    const [filesPlace, files] = await freshFiles(folder, "restoring");
    fresh.push(filesPlace);
    const database = opened.adopt(await openDatabase(dataPlace.options), (one) => one.close());
    const manifest = await loadDataFile(options.file, { database, vault, steps: options.steps, files }, options.progress);
    const checked = await checkRestored(database, vault, manifest, files);
    // Rows that do not open, and index rows that could be counted.
    const { forgotten } = await forgetAgain(openStore({ database, vault, tenantDefault: "home", files }), keys);
    const tokens = await holdTokens(database, options.now);
    const accounts = await lockOutAgain(database, keys, options.now);
    await noteRestore(database, vault, manifest, options.now);
    await writeKeysFile(options.tombstones, "tombstones", keys, place, options.now);
    await opened.disposeAsync();
    const stamp = options.now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
    const aside = await swapIn(fresh, folder, stamp);
    await keepNotesUpTo(checkpointPath(folder), manifest.audit.size, stamp);
    return { manifest, checked, forgotten, tokens, accounts, aside };
  } catch (error) {
    for (const one of fresh) await one.discard();
    throw error;
  }
}

/**
 * Restores a backup into a scratch place from its two files and the root alone, checks it and removes it
 * again: what a station that lost everything would have to do.
 */
export async function restoreTest(options: {
  readonly country: string;
  readonly root: KeyBytes;
  readonly file: string;
  readonly keysFile: string;
  readonly data: Target;
  /** Where a scratch folder may be made. */
  readonly folder: string;
  readonly steps: readonly Migration[];
  readonly progress?: (done: Progress) => void;
}): Promise<{ readonly manifest: Manifest; readonly checked: Checked }> {
  const place = await freshPlace(options.data, "checking", options.folder);
  const [filesPlace, files] = await freshFiles(options.folder, "checking");
  try {
    await using opened = new AsyncDisposableStack();
    const keys = memoryKeyStore();
    await loadKeysFile(options.keysFile, "keys", keys, { root: options.root, country: options.country });
    const vault = opened.adopt(await openVaultOver(options.country, options.root, keys), (one) => one.close());
    const database = opened.adopt(await openDatabase(place.options), (one) => one.close());
    const manifest = await loadDataFile(options.file, { database, vault, steps: options.steps, files }, options.progress);
    return { manifest, checked: await checkRestored(database, vault, manifest, files) };
  } finally {
    await filesPlace.discard();
    await place.discard();
  }
}

/** An empty folder for attachments beside where they live, whichever engine has the rows. */
async function freshFiles(folder: string, purpose: "restoring" | "checking"): Promise<[FreshPlace, string]> {
  const place = await freshPlace({ kind: "pglite", directory: join(folder, "files") }, purpose);
  const directory = join(folder, place.name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return [place, directory];
}

async function openPresent(target: Target, opened: AsyncDisposableStack): Promise<OpenKeyStore | undefined> {
  if (!(await isThere(target))) return undefined;
  const store = opened.adopt(await openKeyStore(target), (one) => one.close());
  const any = (await store.list(undefined, 1)).length + (await store.tombstones(undefined, 1)).length;
  return any === 0 ? undefined : store;
}

async function freshKeys(
  path: string,
  target: Target,
  place: RootPlace,
  fresh: FreshPlace[],
  opened: AsyncDisposableStack,
): Promise<OpenKeyStore> {
  const made = await freshPlace(target, "restoring");
  fresh.push(made);
  const store = opened.adopt(await openKeyStore(made.options), (one) => one.close());
  await loadKeysFile(path, "keys", store, place);
  return store;
}

async function openVaultOver(
  country: string,
  root: KeyBytes,
  keyStore: OpenKeyStore | ReturnType<typeof memoryKeyStore>,
): Promise<Vault> {
  try {
    return await openVault({ country, root, keyStore });
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== "wrong-root") throw error;
    throw new BackupError("backup-other-root", "The root that is unsealed does not open the key store.", { cause: error });
  }
}

/** The audit log says for ever that its station was restored, and from when. */
async function noteRestore(database: Database, vault: Vault, manifest: Manifest, now: Date): Promise<void> {
  const store = openStore({ database, vault, tenantDefault: "home" });
  const entry = { v: 1, at: now.toISOString(), tenant: "home", action: "station.restore", actor: "operator", outcome: "done" };
  await store.audit.append([Buffer.from(JSON.stringify({ ...entry, detail: manifest.createdAt }))]);
}
