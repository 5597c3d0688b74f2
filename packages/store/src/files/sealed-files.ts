import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemSubject } from "@yizhan/records";
import { type OpenFile, type SealContext, type Vault, VaultError } from "@yizhan/vault";
import { StoreError } from "../errors.ts";

/** One file as its record names it. */
export interface FilePlace {
  readonly tenant: string;
  /** Whose key seals it: a patient's, or the system's. */
  readonly subject: string;
  /** Random; given by {@link SealedFiles.write}. */
  readonly name: string;
}

export interface WrittenFile {
  readonly name: string;
  /** Bytes of text. */
  readonly size: number;
  /** Of the text; hex. */
  readonly sha256: string;
}

/**
 * Files too large for a row, each sealed with its subject's key in chunks: `<directory>/<subject's hash>/<name>`.
 * A copy of the directory is as sealed as the files are. What a file says never changes once it has its name, so a
 * backup may copy it at any time after the database's snapshot; an exchange of keys replaces its sealed bytes, as
 * one. What ends in `.part` is still being written.
 */
export interface SealedFiles {
  readonly directory: string;
  /**
   * Seals a stream into a new file; never more than a few chunks are in memory. Of a stream that breaks, or that
   * is longer than `most` bytes (`too-large`), nothing remains. Resolves once the file is durable.
   */
  write(place: Omit<FilePlace, "name">, source: AsyncIterable<Uint8Array>, most: number): Promise<WrittenFile>;
  /** Opens a file for reading from any place; `use` ends before it is closed. Throws `not-found` and the vault's errors. */
  open(place: FilePlace): Promise<OpenFile & { close(): Promise<void> }>;
  /** Removes one file; harmless when it is gone. */
  remove(place: FilePlace): Promise<void>;
  /** Whether a subject has a folder of files. */
  has(subject: string): Promise<boolean>;
  /** Removes every file of a subject. */
  removeAll(subject: string): Promise<void>;
  /**
   * Seals every file of a subject anew that an older version of its key seals; each is replaced as one, under its
   * own name. Resolves how many. Call it before a version is destroyed.
   */
  reseal(tenant: string, subject: string): Promise<number>;
  /** Removes what a process that died left half written: parts older than ten minutes, longer than any request lasts. */
  removeParts(): Promise<number>;
}

export function sealedFiles(vault: Vault, directory: string): SealedFiles {
  const folderOf = (subject: string) => join(directory, folderName(subject));
  const pathOf = ({ subject, name }: FilePlace) => join(folderOf(subject), name);

  return {
    directory,
    async write({ tenant, subject }, source, most) {
      const place = { tenant, subject, name: randomUUID() };
      const sealer = await vault.subject(subject, { create: true });
      const folder = folderOf(subject);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const part = `${pathOf(place)}.part`;
      const counted = count(source, most);
      try {
        await writeWhole(part, sealer.sealFile(contextOf(place), counted.pieces));
        await rename(part, pathOf(place));
        const holder = await open(folder, "r");
        await holder.sync().finally(() => holder.close());
      } catch (error) {
        await rm(part, { force: true });
        if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
          throw new StoreError("disk-full", "There is no room for the file.");
        }
        throw error;
      }
      return { name: place.name, ...counted.result() };
    },
    async open(place) {
      const sealer = await vault.subject(place.subject);
      const handle = await open(pathOf(place), "r").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw new StoreError("not-found", "The file of this record is gone.");
        throw error;
      });
      try {
        const { size } = await handle.stat();
        const opened = await sealer.openFileAt(contextOf(place), {
          size,
          async read(offset, length) {
            const bytes = new Uint8Array(length);
            const { bytesRead } = await handle.read(bytes, 0, length, offset);
            return bytes.subarray(0, bytesRead);
          },
        });
        return { size: opened.size, read: (start, end) => opened.read(start, end), close: () => handle.close() };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },
    remove: (place) => rm(pathOf(place), { force: true }),
    has: (subject) =>
      access(folderOf(subject)).then(
        () => true,
        () => false,
      ),
    removeAll: (subject) => rm(folderOf(subject), { recursive: true, force: true }),
    async reseal(tenant, subject) {
      const sealer = await vault.subject(subject);
      let resealed = 0;
      for (const name of await namesIn(folderOf(subject))) {
        const place = { tenant, subject, name };
        if ((await keyVersionOf(pathOf(place))) === sealer.keyVersion) continue;
        const part = `${pathOf(place)}.${randomUUID()}.part`;
        try {
          const text = sealer.openFile(contextOf(place), createReadStream(pathOf(place)));
          await writeWhole(part, sealer.sealFile(contextOf(place), text));
          await rename(part, pathOf(place));
        } catch (error) {
          await rm(part, { force: true });
          // Files that belong to no patient are of several tenants: each has its turn.
          if (subject === systemSubject && error instanceof VaultError && error.code === "sealed-mismatch") continue;
          throw error;
        }
        resealed += 1;
      }
      return resealed;
    },
    async removeParts() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      let removed = 0;
      for (const name of await readdir(directory, { recursive: true })) {
        const path = join(directory, name);
        if (!name.endsWith(".part") || (await stat(path)).mtimeMs > Date.now() - 600_000) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    for await (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names of whole files; none where the subject has no folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => !name.endsWith(".part"));
}

/** Bytes 4 to 8 of a sealed file's header. */
async function keyVersionOf(path: string): Promise<number> {
  const handle = await open(path, "r");
  try {
    const { buffer } = await handle.read(new Uint8Array(8), 0, 8, 0);
    return new DataView(buffer.buffer).getUint32(4);
  } finally {
    await handle.close();
  }
}

/** The folder of a subject's files. */
export function folderName(subject: string): string {
  return createHash("sha256").update(subject).digest("hex").slice(0, 32);
}

export function contextOf({ tenant, subject, name }: FilePlace): SealContext {
  return { tenant, table: "file", column: "content", rowId: name, subject, schemaVersion: 1, rowVersion: 1 };
}

function count(source: AsyncIterable<Uint8Array>, most: number) {
  const hash = createHash("sha256");
  let size = 0;
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of source) {
      size += piece.length;
      if (size > most) throw new StoreError("too-large", `A file holds at most ${most} bytes.`);
      hash.update(piece);
      yield piece;
    }
  }
  return { pieces: pieces(), result: () => ({ size, sha256: hash.digest("hex") }) };
}
