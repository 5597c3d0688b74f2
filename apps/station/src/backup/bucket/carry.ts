import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checkBuckets } from "./check.ts";
import { asBucketError, BucketError } from "./errors.ts";
import { type Fetched, fetchBackup } from "./fetch.ts";
import { dropHalves, type Kept, listKept, prune } from "./kept.ts";
import { bucketPlaceSchema, openClient } from "./place.ts";
import { putLocked, putReplacing } from "./put.ts";

const path = z.string().startsWith("/", "an absolute path");

export const copiesSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  /** Where the station, or the hub, leaves its own backups. */
  made: path,
  /** How many backups stay in the bucket once their lock is over. */
  keep: z.number().int().min(1),
  /** Files that replace their copies each time: the key store's, and who was forgotten. */
  replaced: z.array(path),
  place: bucketPlaceSchema,
});
export type Copies = z.infer<typeof copiesSchema>;

/** The configuration of a bucket, of a restore that is not the carrier itself. */
export async function readCopies(file: string): Promise<Copies> {
  return copiesSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

export interface Carried {
  readonly name: string;
  readonly state: "put" | "there";
  readonly pruned: readonly string[];
  readonly halvesDropped: number;
}

/**
 * Carries the newest backup into the locked bucket and the key store's copy into the other. The keys go last: the
 * copy of a key that the backup needs is then there too. Throws BucketError.
 */
export async function carry(copies: Copies, now = new Date()): Promise<Carried> {
  const { country, place } = copies;
  const newest = (await readdir(copies.made))
    .filter((name) => name.startsWith(`${country}-`) && /\.(?:yzb|tar)$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new BucketError("nothing-to-carry", `There is no backup in ${copies.made}.`);
  return withClient(copies, async (client) => {
    await checkBuckets(client, place);
    const halvesDropped = await dropHalves(client, place, now);
    const state = await putLocked(client, place, join(copies.made, newest), now);
    for (const file of copies.replaced) if (await isThere(file)) await putReplacing(client, place, file);
    return { name: newest, state, halvesDropped, pruned: await prune(client, place, country, copies.keep, now) };
  });
}

/** Backups in the bucket, the newest first. */
export const list = (copies: Copies): Promise<Kept[]> =>
  withClient(copies, (client) => listKept(client, copies.place, copies.country));

export const fetchCopy = (copies: Copies, name: string, folder: string): Promise<Fetched> =>
  withClient(copies, (client) => fetchBackup(client, copies.place, { country: copies.country, name, folder }));

async function withClient<T>(copies: Copies, work: (client: ReturnType<typeof openClient>) => Promise<T>): Promise<T> {
  const client = openClient(copies.place);
  try {
    return await work(client);
  } catch (error) {
    throw asBucketError(error, copies.place.bucket);
  } finally {
    client.destroy();
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
