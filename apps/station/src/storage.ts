import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type DatabaseOptions,
  migrate,
  openDatabase,
  openKeyStore,
  openStore,
  outboxWriter,
  type PayloadSeal,
  sealedPayloads,
  stationMigrations,
  type Store,
  type Transaction,
} from "@yizhan/store";
import { openVault, readRootKey, readSecretFile, type Vault } from "@yizhan/vault";
import type { StationConfig } from "./config.ts";

/** The tenant of a station's own organisation. */
export const homeTenant = "home";

export interface Storage {
  readonly store: Store;
  /** What the outbox is written with; the way to the hub reads with the same. */
  readonly payloads: PayloadSeal;
  close(): Promise<void>;
}

/**
 * Opens the station's databases, keys and outbox as its configuration says; `close` ends them in order.
 * `through` stands between the store and the vault: a bench compares with a store that does not seal.
 */
export async function openStorage(config: StationConfig, through: (vault: Vault) => Vault = (vault) => vault): Promise<Storage> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const places = await databasePlaces(config);
  const root = await readRootKey(config.root, { country: config.country });
  await using opened = new AsyncDisposableStack();
  const keyStore = opened.adopt(await openKeyStore(places.keys), (keys) => keys.close());
  const vault = opened.adopt(await openVault({ country: config.country, root, keyStore }), (one) => one.close());
  const database = opened.adopt(await openDatabase(places.data), (one) => one.close());
  await migrate(database, stationMigrations);
  const payloads = await sealedPayloads(vault);
  const outbox = (transaction: Transaction["db"]) => outboxWriter(transaction, payloads);
  const store = openStore({ database, vault: through(vault), tenantDefault: homeTenant, outbox });
  await store.recoverAudit();
  const parts = opened.move();
  return { store, payloads, close: () => parts.disposeAsync() };
}

async function databasePlaces(
  config: StationConfig,
): Promise<{ readonly data: DatabaseOptions; readonly keys: DatabaseOptions }> {
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
