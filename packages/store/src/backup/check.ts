import { verifyLog, VaultError, type Vault } from "@yizhan/vault";
import { isServedType } from "@yizhan/records";
import { sql } from "kysely";
import { auditStorage } from "../audit/storage.ts";
import type { Database } from "../database/open.ts";
import { StoreError } from "../errors.ts";
import { fileOf } from "../files/reference.ts";
import { openStore } from "../store.ts";
import { BackupError } from "./errors.ts";
import type { Manifest } from "./manifest.ts";

export interface Checked {
  /** Rows of all tables. */
  readonly rows: number;
  /** Records of a sample that opened. */
  readonly opened: number;
  /** Records of the sample whose patient was forgotten since: they must not open. */
  readonly forgotten: number;
  /** Attachments of a sample that opened to their ends. */
  readonly files: number;
  /** Entries of the audit log. */
  readonly audit: number;
}

const sampleSize = 50;
const sampleFiles = 10;

/**
 * Looks whether what was restored is what the manifest says: the rows of every table, the audit log computed
 * afresh against its checkpoint, and a random sample of records opened. Throws `backup-check-failed`.
 */
export async function checkRestored(database: Database, vault: Vault, manifest: Manifest, files?: string): Promise<Checked> {
  let rows = 0;
  for (const [table, expected] of Object.entries(manifest.rows)) {
    const result = await sql<{ count: number | string }>`select count(*) as count from ${sql.table(table)}`.execute(
      database.kysely,
    );
    const count = Number(result.rows[0]?.count);
    if (count !== expected) throw failed(`the table ${table} has ${count} rows instead of ${expected}`);
    rows += count;
  }
  const root = new Uint8Array(Buffer.from(manifest.audit.root, "base64"));
  const head = await verifyLog(auditStorage(database), [{ origin: "backup", size: manifest.audit.size, root }]).catch(
    (error: unknown) => {
      throw failed("the audit log does not agree with its checkpoint", error);
    },
  );
  // A hub has no records.
  if (manifest.rows["resource"] === undefined) return { rows, audit: head.size, opened: 0, forgotten: 0, files: 0 };
  return { rows, audit: head.size, ...(await openSample(database, vault)), files: await openFiles(database, vault, files) };
}

async function openSample(database: Database, vault: Vault): Promise<{ opened: number; forgotten: number }> {
  const store = openStore({ database, vault, tenantDefault: "home" });
  const found = { opened: 0, forgotten: 0 };
  const sample = await database.kysely
    .selectFrom("resource")
    .select(["tenant", "type", "id"])
    .where("sealed", "is not", null)
    .orderBy(sql`random()`)
    .limit(sampleSize)
    .execute();
  for (const { tenant, type, id } of sample) {
    if (!isServedType(type)) throw failed("a record is of a type that is not known");
    try {
      if ((await store.direct(tenant).resources.read(type, id)) !== undefined) found.opened += 1;
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      if (error.code !== "subject-forgotten") throw failed("a record does not open", error);
      found.forgotten += 1;
    }
  }
  return found;
}

async function openFiles(database: Database, vault: Vault, directory: string | undefined): Promise<number> {
  if (directory === undefined) return 0;
  const store = openStore({ database, vault, tenantDefault: "home", files: directory });
  const sample = await database.kysely
    .selectFrom("resource")
    .select(["tenant", "id"])
    .where("type", "=", "Binary")
    .where("sealed", "is not", null)
    .orderBy(sql`random()`)
    .limit(sampleFiles)
    .execute();
  let opened = 0;
  for (const { tenant, id } of sample) {
    try {
      const version = await store.direct(tenant).resources.read("Binary", id);
      const file = fileOf(version?.resource);
      if (version === undefined || file === undefined) continue;
      const content = await store.files?.open({ tenant, subject: version.subject, name: file.name });
      try {
        let size = 0;
        for await (const piece of content?.read(0, content.size) ?? []) size += piece.length;
        if (size !== file.size) throw failed("an attachment is not whole");
      } finally {
        await content?.close();
      }
      opened += 1;
    } catch (error) {
      if (error instanceof VaultError && error.code === "subject-forgotten") continue;
      if (error instanceof VaultError || error instanceof StoreError) throw failed("an attachment does not open", error);
      throw error;
    }
  }
  return opened;
}

function failed(why: string, cause?: unknown): BackupError {
  return new BackupError("backup-check-failed", `The restored copy is not what was backed up: ${why}.`, { cause });
}
