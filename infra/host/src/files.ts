import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { HostError } from "./errors.ts";
import { run } from "./shell.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const known = new Map<string, number>();

/** Numbers of a user and a group; asked of the system, so that directories of accounts work too. */
export async function ownerOf(user: string, group: string): Promise<Owner> {
  return { uid: await idOf("passwd", user), gid: await idOf("group", group) };
}

async function idOf(database: "passwd" | "group", name: string): Promise<number> {
  const key = `${database}:${name}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const line = await run("getent", [database, name]);
  const id = Number(line.split(":")[2]);
  known.set(key, id);
  return id;
}

/** A reader, or the next run after a power cut, sees the old file or the new one, never half. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  owner: Owner = { uid: 0, gid: 0 },
): Promise<void> {
  const partial = `${path}.yizhan-new`;
  await mkdir(dirname(path), { recursive: true });
  await rm(partial, { force: true });
  try {
    const file = await open(partial, "wx", 0o600);
    try {
      await file.writeFile(content);
      // Whoever runs without root owns what it writes, and its sandbox may forbid the very call.
      const { uid, gid } = await file.stat();
      if (uid !== owner.uid || gid !== owner.gid) await file.chown(owner.uid, owner.gid);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw full(error);
  }
}

/** Points a link at a target in one step. */
export async function linkTo(path: string, target: string): Promise<void> {
  const partial = `${path}.yizhan-new`;
  await rm(partial, { force: true });
  await symlink(target, partial);
  await rename(partial, path);
}

/** Makes a folder with its mode and owner. Answers whether anything was changed. */
export async function ensureFolder(path: string, mode: number, owner: Owner): Promise<boolean> {
  const found = await lstatOrNone(path);
  if (found?.isDirectory() && (found.mode & 0o7777) === mode && found.uid === owner.uid && found.gid === owner.gid) return false;
  if (found === undefined) await mkdir(path, { recursive: true, mode: 0o700 });
  else if (!found.isDirectory()) throw new HostError("step-failed", `${path} is in the way: it is no folder.`);
  await chown(path, owner.uid, owner.gid);
  await chmod(path, mode);
  return true;
}

export async function lstatOrNone(path: string) {
  return lstat(path).catch(noneIfMissing);
}

export async function readOrNone(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(noneIfMissing);
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}

export function sumOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An error of a full disk in our own words; any other as it is. */
export function full(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === "ENOSPC" ? new HostError("disk-full", "The disk is full.", error) : error;
}
