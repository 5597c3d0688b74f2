import type { Text } from "../text.ts";
import { layout } from "./layout.ts";

/** Says when a station was last backed up, and when a backup of it last restored. */
export async function printBackups(code: string, data: string, text: Text): Promise<void> {
  // The databases' code takes a while to load, and most commands do without.
  const { readBackupStatus } = await import("@yizhan/store");
  const { backup, restoreTest } = await readBackupStatus(layout(data).node(code).directory);
  const never = text("backup.never");
  console.log(text("backup.last", { code, backup: backup?.at ?? never, test: restoreTest?.at ?? never }));
}
