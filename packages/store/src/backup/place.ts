import { randomBytes } from "node:crypto";
import { access, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sql } from "kysely";
import { type Database, type DatabaseOptions, openDatabase } from "../database/open.ts";

/** A database of a station, where it lives for good. */
export type Target =
  | { readonly kind: "pglite"; readonly directory: string }
  | { readonly kind: "postgres"; readonly url: string; /** Default 10. */ readonly connections?: number };

/** An empty place beside it: a folder, or a schema of the same PostgreSQL database. */
export interface FreshPlace {
  readonly target: Target;
  /** The folder's or the schema's name. */
  readonly name: string;
  readonly options: DatabaseOptions;
  /** Removes it with all that is in it. */
  discard(): Promise<void>;
}

/** Makes an empty place beside `target`, or for PGlite in another folder. `purpose` and a random word make its name. */
export async function freshPlace(target: Target, purpose: "restoring" | "checking", folder?: string): Promise<FreshPlace> {
  const word = randomBytes(4).toString("hex");
  if (target.kind === "pglite") {
    const name = `${basename(target.directory)}.${purpose}-${word}`;
    const directory = join(folder ?? dirname(target.directory), name);
    const discard = () => rm(directory, { recursive: true, force: true });
    return { target, name, options: { kind: "pglite", directory }, discard };
  }
  const name = `${purpose}_${word}`;
  await inDatabase(target.url, (database) => sql`create schema ${sql.id(name)}`.execute(database.kysely));
  return {
    target,
    name,
    options: { kind: "postgres", url: target.url, schema: name, connections: 2 },
    discard: async () => {
      await inDatabase(target.url, (database) => sql`drop schema if exists ${sql.id(name)} cascade`.execute(database.kysely));
    },
  };
}

/** Whether there is a database at all. A server's database is there; a folder is when PGlite made it. */
export async function isThere(target: Target): Promise<boolean> {
  if (target.kind === "postgres") return true;
  return access(join(target.directory, "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

export async function inDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ kind: "postgres", url, connections: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const left = /^(?:.*\.)?(restoring|checking|making|before)[-_][0-9a-z]+$/;

/** What earlier restores left beside the database: the old data, and what a killed one had begun. */
export async function leftovers(target: Target): Promise<{ readonly old: string[]; readonly broken: string[] }> {
  const names =
    target.kind === "pglite"
      ? await foldersBeside(target.directory)
      : await inDatabase(target.url, (database) => schemasOf(database));
  const kindOf = (name: string) => left.exec(name)?.[1];
  return {
    old: names.filter((name) => kindOf(name) === "before"),
    broken: names.filter((name) => kindOf(name) !== undefined && kindOf(name) !== "before"),
  };
}

/** Removes leftovers by name. */
export async function dropLeftovers(target: Target, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (target.kind === "pglite") await rm(join(dirname(target.directory), name), { recursive: true, force: true });
    else await inDatabase(target.url, (database) => sql`drop schema if exists ${sql.id(name)} cascade`.execute(database.kysely));
  }
}

/** Removes what restores of these places put aside, and what killed ones left; the names of what went. */
export async function dropPutAside(targets: readonly Target[]): Promise<string[]> {
  const gone: string[] = [];
  for (const target of targets) {
    const { old, broken } = await leftovers(target);
    await dropLeftovers(target, [...old, ...broken]);
    gone.push(...old, ...broken);
  }
  return gone;
}

async function foldersBeside(directory: string): Promise<string[]> {
  const names = await readdir(dirname(directory)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(`${basename(directory)}.`));
}

async function schemasOf(database: Database): Promise<string[]> {
  const result = await sql<{ name: string }>`select nspname as name from pg_namespace order by nspname`.execute(database.kysely);
  return result.rows.map((row) => row.name);
}
