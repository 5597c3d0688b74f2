import { randomBytes } from "node:crypto";
import { keyBytes, type KeyBytes, openVault, type Vault } from "@yizhan/vault";
import { migrate } from "../database/migrate.ts";
import { type Database, openDatabase } from "../database/open.ts";
import { openKeyStore, type OpenKeyStore } from "../keys/key-store.ts";
import { stationMigrations } from "../migrations/index.ts";
import { openStore, type Store } from "../store.ts";
import { emptyDatabase } from "../testing/empty.ts";
import type { Target } from "./place.ts";

export const freshRoot = (): KeyBytes => keyBytes(new Uint8Array(randomBytes(32)));

export interface OpenStation {
  readonly store: Store;
  readonly vault: Vault;
  readonly database: Database;
  readonly keys: OpenKeyStore;
  close(): Promise<void>;
}

/** What a station has open, over given databases. */
export async function openParts(place: { data: Target; keys: Target }, root: KeyBytes, files?: string): Promise<OpenStation> {
  for (const part of [place.data, place.keys]) if (part.kind === "pglite") await emptyDatabase(part.directory);
  const keys = await openKeyStore(place.keys);
  const vault = await openVault({ country: "MZ", root, keyStore: keys });
  const database = await openDatabase(place.data);
  await migrate(database, stationMigrations);
  const store = openStore({ database, vault, tenantDefault: "home", ...(files === undefined ? {} : { files }) });
  return {
    store,
    vault,
    database,
    keys,
    async close() {
      await database.close();
      vault.close();
      await keys.close();
    },
  };
}

/** A patient with a note, and an entry in the audit log; the patient's id. */
export async function admit(store: Store, family: string): Promise<string> {
  return store.transaction(async (tx) => {
    const patient = await tx.resources.create({ resourceType: "Patient", name: [{ family }] });
    tx.audit.append(Buffer.from(JSON.stringify({ v: 1, action: "admit" })));
    return patient.id;
  });
}
