import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DatabaseOptions, hubMigrations, migrate, openDatabase, openKeyStore, openStore, type Store } from "@yizhan/store";
import { openVault, readRootKey, readSecretFile } from "@yizhan/vault";
import type { HubConfig } from "./config.ts";

/** The tenant of the hub's own organisation. */
export const homeTenant = "home";

/** Opens the hub's databases, keys and audit log as its configuration says; `close` ends them in order. */
export async function openStorage(config: HubConfig): Promise<{ readonly store: Store; close(): Promise<void> }> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const places = await databasePlaces(config);
  const root = await readRootKey(config.root, { country: config.country });
  await using opened = new AsyncDisposableStack();
  const keyStore = opened.adopt(await openKeyStore(places.keys), (keys) => keys.close());
  const vault = opened.adopt(await openVault({ country: config.country, root, keyStore }), (one) => one.close());
  const database = opened.adopt(await openDatabase(places.data), (one) => one.close());
  await migrate(database, hubMigrations);
  const store = openStore({ database, vault, tenantDefault: homeTenant });
  await store.recoverAudit();
  const parts = opened.move();
  return { store, close: () => parts.disposeAsync() };
}

async function databasePlaces(config: HubConfig): Promise<{ readonly data: DatabaseOptions; readonly keys: DatabaseOptions }> {
  const { database, data } = config;
  if (database.kind === "pglite") {
    return { data: { kind: "pglite", directory: join(data, "db") }, keys: { kind: "pglite", directory: join(data, "keys-db") } };
  }
  return {
    data: { kind: "postgres", url: await readSecretFile(database.urlFile) },
    keys: { kind: "postgres", url: await readSecretFile(database.keyUrlFile), connections: 4 },
  };
}
