import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  finishSwap,
  hubMigrations,
  lockFolder,
  migrate,
  openDatabase,
  openKeyStore,
  openStore,
  type Store,
  type Target,
  writeKeysFile,
} from "@yizhan/store";
import { openVault, readRootKey, readSecretFile } from "@yizhan/vault";
import type { HubConfig } from "./config.ts";

/** The tenant of the hub's own organisation. */
export const homeTenant = "home";

export interface Storage {
  readonly store: Store;
  /** Copies the key store into a file that only the root opens; resolves its bytes. */
  writeKeys(path: string): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the hub's databases, keys and audit log as its configuration says; `close` ends them in order. Embedded databases
 * bear one process: throws `in-use` while another has them.
 */
export async function openStorage(config: HubConfig): Promise<Storage> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const places = await databasePlaces(config);
  const root = await readRootKey(config.root, { country: config.country });
  await using opened = new AsyncDisposableStack();
  if (config.database.kind === "pglite") opened.adopt(await lockFolder(config.data), (lock) => lock.release());
  await finishSwap(config.data);
  const keyStore = opened.adopt(await openKeyStore(places.keys), (keys) => keys.close());
  const vault = opened.adopt(await openVault({ country: config.country, root, keyStore }), (one) => one.close());
  const database = opened.adopt(await openDatabase(places.data), (one) => one.close());
  await migrate(database, hubMigrations);
  const store = openStore({ database, vault, tenantDefault: homeTenant });
  await store.recoverAudit();
  const parts = opened.move();
  const writeKeys = (path: string) => writeKeysFile(path, "keys", keyStore, { root, country: config.country });
  return { store, writeKeys, close: () => parts.disposeAsync() };
}

/** Where the configuration says that data and keys are. */
export async function databasePlaces(config: HubConfig): Promise<{ readonly data: Target; readonly keys: Target }> {
  const { database, data } = config;
  if (database.kind === "pglite") {
    return { data: { kind: "pglite", directory: join(data, "db") }, keys: { kind: "pglite", directory: join(data, "keys-db") } };
  }
  return {
    data: { kind: "postgres", url: await readSecretFile(database.urlFile) },
    keys: { kind: "postgres", url: await readSecretFile(database.keyUrlFile), connections: 4 },
  };
}
