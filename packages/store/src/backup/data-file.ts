import { type SealContext, type SubjectSealer, type Vault, VaultError } from "@yizhan/vault";
import type { Migration } from "../database/migrate.ts";
import type { Database } from "../database/open.ts";
import { encodeOpenPart, openContainer } from "./container.ts";
import { dump } from "./dump.ts";
import { BackupError } from "./errors.ts";
import { readFrames } from "./frames.ts";
import { load } from "./load.ts";
import type { Invited, Manifest, Progress } from "./manifest.ts";
import { explained } from "./opened.ts";
import { writeWhole } from "./write-file.ts";

function context(binding: string): SealContext {
  const place = { tenant: "station", table: "backup", column: "data", rowId: binding };
  return { ...place, subject: "#backup", schemaVersion: 1, rowVersion: 1 };
}

/**
 * Writes the content of a database, sealed under the station's backup key, as one file. A consistent
 * snapshot, streamed; resolves the file's bytes. Throws `target-not-writable`, `file-missing`, `file-damaged` and what the database throws.
 */
export async function writeDataFile(
  path: string,
  from: {
    readonly database: Pick<Database, "kysely">;
    readonly vault: Vault;
    readonly createdAt: Date;
    /** Where its attachments are. */
    readonly files?: string | undefined;
    readonly invitations?: readonly Invited[] | undefined;
  },
  progress?: (done: Progress) => void,
): Promise<number> {
  const { database, vault } = from;
  const about = { country: vault.country, createdAt: from.createdAt.toISOString() };
  const { bytes, binding } = encodeOpenPart({ kind: "data", ...about });
  const sealer = await vault.station("#backup");
  const invited = from.invitations === undefined ? {} : { invitations: [...from.invitations] };
  const attachments = from.files === undefined ? undefined : { vault, directory: from.files };
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    yield bytes;
    yield* sealer.sealFile(context(binding), dump(database, { ...about, ...invited }, progress, attachments));
  }
  return writeWhole(path, pieces());
}

/**
 * Loads such a file into an empty database. Throws `backup-other-country`, `backup-other-keys`,
 * `backup-damaged`, `backup-truncated`, `backup-newer`, `backup-not-one`, `backup-not-found`.
 */
export async function loadDataFile(
  path: string,
  into: { readonly database: Database; readonly vault: Vault; readonly steps: readonly Migration[]; readonly files?: string },
  progress?: (done: Progress) => void,
): Promise<Manifest> {
  const { part, binding, sealed } = await openContainer(path, "data");
  assertCountry(path, part.country, into.vault.country);
  const sealer = await backupSealer(path, into.vault);
  const opened = explained(path, sealer.openFile(context(binding), sealed()), [
    "backup-other-keys",
    "was sealed with a key that this key store does not hold, or its first lines were changed",
  ]);
  const manifest = await load(into.database, readFrames(opened), into.steps, progress, into.files);
  if (manifest.country !== part.country || manifest.createdAt !== part.createdAt) {
    throw new BackupError("backup-damaged", `${path} says two things of itself.`);
  }
  return manifest;
}

async function backupSealer(path: string, vault: Vault): Promise<SubjectSealer> {
  try {
    return await vault.station("#backup");
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== "wrong-root") throw error;
    throw new BackupError("backup-other-root", `${path} belongs to a key store of another root.`, { cause: error });
  }
}

export function assertCountry(path: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new BackupError("backup-other-country", `${path} is a backup of ${found}, not of ${wanted}.`);
}
