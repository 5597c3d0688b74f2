import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeWhole } from "./write-file.ts";

const statusSchema = z.object({
  /** The last backup that was written whole. */
  backup: z.object({ at: z.iso.datetime(), file: z.string(), bytes: z.number(), rows: z.number() }).optional(),
  /** The last backup that was restored to a scratch place and found whole. */
  restoreTest: z.object({ at: z.iso.datetime(), file: z.string(), rows: z.number(), opened: z.number() }).optional(),
  /** The last time this station itself was restored, and to when. */
  restore: z.object({ at: z.iso.datetime(), file: z.string(), madeAt: z.iso.datetime() }).optional(),
});
export type BackupStatus = z.infer<typeof statusSchema>;

const name = "backup-status.json";

/** When a station was last backed up and its backup last restored; empty where that never was, or the file is unreadable. */
export async function readBackupStatus(folder: string): Promise<BackupStatus> {
  try {
    return statusSchema.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError || isMissing(error)) return {};
    throw error;
  }
}

/** Adds to it. */
export async function writeBackupStatus(folder: string, more: BackupStatus): Promise<void> {
  const status = { ...(await readBackupStatus(folder)), ...more };
  await writeWhole(join(folder, name), [Buffer.from(`${JSON.stringify(status, null, 2)}\n`)]);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
