import { access, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../backup/write-file.ts";

/** Where a station or the hub keeps its signed checkpoints: beside the database, so that who changes the one has not changed the other. */
export function checkpointPath(data: string): string {
  return join(data, "audit-checkpoints");
}

export interface KeptNotes {
  /** Signed notes in C2SP's form, oldest first. */
  readonly notes: readonly string[];
  /** Bytes of them; what stands behind was not written whole. */
  readonly end: number;
  /** Whether there is something between two notes that is none. */
  readonly damaged: boolean;
}

const oneNote = /(?:[^\n]+\n)+\n(?:— [^\n]+\n)+\n/gu;

/** Reads a file of notes, each followed by an empty line; none where there is no file. */
export async function readNotes(path: string): Promise<KeptNotes> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const notes: string[] = [];
  let end = 0;
  let damaged = false;
  for (const { 0: found, index } of text.matchAll(oneNote)) {
    damaged ||= index !== end;
    notes.push(found.slice(0, -1));
    end = index + found.length;
  }
  return { notes, end: Buffer.byteLength(text.slice(0, end)), damaged };
}

/** Takes away what a process that died, or a full disk, left half written at the end. */
async function mendEnd(path: string, end: number): Promise<void> {
  await using file = await open(path, "r+");
  if ((await file.stat()).size > end) await file.truncate(end);
  await file.sync();
}

/** Reads the file of a station or hub that starts, and makes it fit to be added to. */
export async function openNotes(path: string): Promise<readonly string[]> {
  const { notes, end } = await readNotes(path);
  if (await isThere(path)) await mendEnd(path, end);
  else await writeWhole(path, []);
  return notes;
}

/** Adds a note, durably, before it resolves. Of one that cannot be written nothing remains. */
export async function appendNote(path: string, note: string): Promise<void> {
  try {
    await using file = await open(path, "a", 0o600);
    await file.writeFile(`${note}\n`);
    await file.sync();
  } catch (error) {
    if (await isThere(path)) await mendEnd(path, (await readNotes(path)).end);
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * After a restore the log is as long as it was in the backup: notes about more entries are put aside with all the
 * others under a name with `stamp`, as evidence, and only those about the entries that came back stay.
 */
export async function keepNotesUpTo(path: string, size: number, stamp: string): Promise<void> {
  const { notes } = await readNotes(path);
  if (notes.every((note) => sizeOf(note) <= size)) return;
  await rename(path, `${path}.before-${stamp}`);
  const left = notes.filter((note) => sizeOf(note) <= size).map((note) => Buffer.from(`${note}\n`));
  await writeWhole(path, left);
}

/** The second line of a checkpoint; infinite where it is no number. */
function sizeOf(note: string): number {
  const digits = note.split("\n")[1] ?? "";
  return /^\d+$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
}
