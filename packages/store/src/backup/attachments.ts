import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { type Vault, VaultError } from "@yizhan/vault";
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Tables } from "../database/tables.ts";
import { fileOf } from "../files/reference.ts";
import { contextOf, type FilePlace, folderName } from "../files/sealed-files.ts";
import { open as openRow } from "../resources/sealed.ts";
import { BackupError } from "./errors.ts";
import { syncFolder } from "./write-file.ts";

/** Names one sealed file below the folder of files; nothing else may become a path. */
export const attachmentSchema = z.object({
  folder: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string().regex(/^[0-9a-f-]{36}$/),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export interface Reference {
  readonly place: FilePlace;
  /** `Binary/<id>`. */
  readonly record: string;
  /** A current record names it; otherwise only the history does. */
  readonly current: boolean;
}

const pageSize = 16;

/** The files that the records of a snapshot name, those of its history too. A few rows at a time; the forgotten's are left out. */
export async function referencesOf(db: Kysely<Tables>, vault: Vault): Promise<Reference[]> {
  const found = new Map<string, Reference>();
  let after = { row_id: "-1", version: 0 };
  for (;;) {
    const { rows } = await sql<{
      row_id: string;
      version: number;
      tenant: string;
      id: string;
      subject: string;
      sealed: Uint8Array;
      current: boolean;
    }>`
      select row_id::text as row_id, version, tenant, id, subject, sealed, current from (
        select row_id, version, tenant, id, subject, sealed, true as current from resource
          where type = 'Binary' and sealed is not null
        union all
        select h.row_id, h.version, r.tenant, r.id, h.subject, h.sealed, false as current from resource_history h
          join resource r on r.row_id = h.row_id where r.type = 'Binary' and h.sealed is not null
      ) as every where (row_id, version) > (${after.row_id}::bigint, ${after.version}::integer)
      order by every.row_id, every.version limit ${pageSize}::integer`.execute(db);
    for (const { tenant, id, subject, version, sealed, current } of rows) {
      const record = await unlessForgotten(() =>
        openRow({ vault, tenant }, { type: "Binary", id, subject, version }, new Date(0), sealed),
      );
      const file = record === undefined ? undefined : fileOf(record.resource);
      if (file === undefined) continue;
      const named = current || found.get(file.name)?.current === true;
      found.set(file.name, { place: { tenant, subject, name: file.name }, record: `Binary/${id}`, current: named });
    }
    const last = rows.at(-1);
    if (last === undefined) return [...found.values()];
    after = last;
  }
}

/**
 * The sealed bytes of one file, opened as they pass: what is gone or altered is found now, while it can still
 * be mended. Undefined for one of a patient forgotten meanwhile, and for one that only the history names and
 * that is gone. Throws `file-missing`; the pieces throw `file-damaged`.
 */
export async function attachmentPieces(
  vault: Vault,
  directory: string,
  { place, record, current }: Reference,
): Promise<{ readonly about: Attachment; readonly pieces: AsyncGenerator<Uint8Array, void> } | undefined> {
  const sealer = await unlessForgotten(() => vault.subject(place.subject));
  if (sealer === undefined) return undefined;
  const about = { folder: folderName(place.subject), name: place.name };
  const source = createReadStream(join(directory, about.folder, about.name));
  try {
    await once(source, "open");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const gone = (await unlessForgotten(() => vault.subject(place.subject))) === undefined;
    if (gone || !current) return undefined;
    throw new BackupError("file-missing", `The file of ${record} is gone.`, { cause: error });
  }
  const passed: Uint8Array[] = [];
  async function* tap(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of source as AsyncIterable<Uint8Array>) {
      passed.push(piece);
      yield piece;
    }
  }
  const opened = sealer.openFile(contextOf(place), tap());
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    try {
      while ((await opened.next()).done !== true) yield* passed.splice(0);
      yield* passed.splice(0);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      throw new BackupError("file-damaged", `The file of ${record} does not open.`, { cause: error });
    } finally {
      source.destroy();
    }
  }
  return { about, pieces: pieces() };
}

/** Writes what comes back into a folder of files; without one it only counts. */
export function attachmentWriter(directory: string | undefined) {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  let folder = "";
  const found = { count: 0, bytes: 0 };
  async function end(): Promise<void> {
    const ended = handle;
    handle = undefined;
    if (ended === undefined) return;
    await ended.sync().finally(() => ended.close());
    await syncFolder(folder);
  }
  return {
    found,
    end,
    async begin({ folder: owner, name }: Attachment): Promise<void> {
      await end();
      found.count += 1;
      if (directory === undefined) return;
      folder = join(directory, owner);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      handle = await open(join(folder, name), "wx", 0o600);
    },
    async write(piece: Uint8Array): Promise<void> {
      found.bytes += piece.length;
      await handle?.writeFile(piece);
    },
  };
}

async function unlessForgotten<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultError && error.code === "subject-forgotten") return undefined;
    throw error;
  }
}
