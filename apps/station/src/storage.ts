import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  finishSwap,
  forgetAgain,
  migrate,
  openDatabase,
  openKeyStore,
  openStore,
  outboxWriter,
  type PayloadSeal,
  sealedPayloads,
  stationMigrations,
  type Store,
  type Target,
  type Transaction,
  withTombstoneFile,
  writeKeysFile,
} from "@yizhan/store";
import { openVault, readRootKey, readSecretFile, type Vault } from "@yizhan/vault";
import type { StationConfig } from "./config.ts";

/** The tenant of a station's own organisation. */
export const homeTenant = "home";

export interface Storage {
  readonly store: Store;
  /** What the outbox is written with; the way to the hub reads with the same. */
  readonly payloads: PayloadSeal;
  /** Copies the key store into a file that only the root opens; resolves its bytes. */
  writeKeys(path: string): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the station's databases, keys and outbox as its configuration says; `close` ends them in order.
 * `through` stands between the store and the vault: a bench compares with a store that does not seal.
 */
export async function openStorage(config: StationConfig, through: (vault: Vault) => Vault = (vault) => vault): Promise<Storage> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  await finishSwap(config.data);
  const places = await databasePlaces(config);
  const root = await readRootKey(config.root, { country: config.country });
  const rootPlace = { root, country: config.country };
  const otherRoots = await Promise.all(config.otherRoots.map((other) => readRootKey(other, { country: config.country })));
  await using opened = new AsyncDisposableStack();
  const keys = opened.adopt(await openKeyStore(places.keys), (one) => one.close());
  const keyStore = withTombstoneFile(keys, tombstonePath(config), rootPlace);
  const vault = opened.adopt(await openVault({ country: config.country, root, otherRoots, keyStore }), (one) => one.close());
  const database = opened.adopt(await openDatabase(places.data), (one) => one.close());
  await migrate(database, stationMigrations);
  const payloads = await sealedPayloads(vault);
  const outbox = (transaction: Transaction["db"]) => outboxWriter(transaction, payloads);
  const store = openStore({
    database,
    vault: through(vault),
    tenantDefault: homeTenant,
    outbox,
    files: join(config.data, "files"),
  });
  await store.files?.removeParts();
  await store.recoverAudit();
  // Through the store that keeps the list of tombstones: what was not acknowledged may not be in it yet.
  await forgetAgain(store, keyStore);
  const parts = opened.move();
  const writeKeys = (path: string) => writeKeysFile(path, "keys", keys, rootPlace);
  return { store, payloads, writeKeys, close: () => parts.disposeAsync() };
}

/** Where the list of those forgotten is kept, apart from the key store: a copy of it outlives the machine. */
export function tombstonePath(config: StationConfig): string {
  return join(config.data, "tombstones.yzt");
}

/** Where the configuration says that data and keys are. */
export async function databasePlaces(config: StationConfig): Promise<{ readonly data: Target; readonly keys: Target }> {
  const { database, data } = config;
  if (database.kind === "pglite") {
    return {
      data: { kind: "pglite", directory: join(data, "db") },
      keys: { kind: "pglite", directory: join(data, "keys-db") },
    };
  }
  return {
    data: { kind: "postgres", url: await readSecretFile(database.urlFile) },
    keys: { kind: "postgres", url: await readSecretFile(database.keyUrlFile), connections: 4 },
  };
}
