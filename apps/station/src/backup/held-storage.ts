import { backupFolder, lockFolder, makeBackup, verifyLog } from "@yizhan/store";
import type { StationConfig } from "../config.ts";
import { openStorage, type Storage } from "../storage.ts";
import { type DoorWork, openDoor } from "./door.ts";

/**
 * Opens the storage for a station that serves. Embedded databases bear one process: the folder is locked, and
 * a door is open through which `yizhan backup` and `yizhan audit` ask this process. Throws `in-use`.
 */
export async function openHeldStorage(config: StationConfig, through?: Parameters<typeof openStorage>[1]): Promise<Storage> {
  if (config.database.kind !== "pglite") return openStorage(config, through);
  await using held = new AsyncDisposableStack();
  held.adopt(await lockFolder(config.data), (lock) => lock.release());
  const storage = held.adopt(await openStorage(config, through), (one) => one.close());
  const { data } = config;
  const work: DoorWork = {
    backup: (progress) => makeBackup({ ...storage, folder: backupFolder(data) }, progress),
    audit: (checkpoints) => verifyLog(storage.store, data, checkpoints),
  };
  held.adopt(await openDoor(data, work), (door) => door.close());
  const parts = held.move();
  return { ...storage, close: () => parts.disposeAsync() };
}
