import { memoryKeyStore, openVault, type KeyBytes, keyBytes } from "@yizhan/vault";
import type { Migration } from "../database/migrate.ts";
import { migrate } from "../database/migrate.ts";
import { type DatabaseOptions, openDatabase } from "../database/open.ts";
import { stationMigrations } from "../migrations/index.ts";
import { openStore, type OpenStoreOptions, type Store } from "../store.ts";
import { inMemory } from "./empty.ts";

export const testRoot: KeyBytes = keyBytes(new Uint8Array(32).fill(7));

/** A store over real parts, keys in memory; `close` closes the vault too. */
export async function openTestStore(
  options: {
    readonly database?: DatabaseOptions;
    readonly migrations?: readonly Migration[];
    readonly store?: Partial<OpenStoreOptions>;
  } = {},
): Promise<Store> {
  const database = await openDatabase(options.database ?? (await inMemory()));
  await migrate(database, options.migrations ?? stationMigrations);
  const vault = await openVault({ country: "MZ", root: testRoot, keyStore: memoryKeyStore() });
  const store = openStore({ database, vault, tenantDefault: "mz", ...options.store });
  return {
    ...store,
    close: async () => {
      await store.close();
      vault.close();
    },
  };
}
