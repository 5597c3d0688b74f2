import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { BucketError } from "./errors.ts";
import { listKept } from "./kept.ts";
import type { BucketPlace } from "./place.ts";
import { sha256Of } from "./put.ts";

export interface Fetched {
  readonly file: string;
  /** Absent where the bucket of the keys has none. */
  readonly keysFile: string | undefined;
  readonly tombstones: string | undefined;
}

/** Brings a backup (`newest`, or its name) with the key store's copy into `folder`, each file whole or not at all. */
export async function fetchBackup(
  client: S3Client,
  place: BucketPlace,
  { country, name, folder }: { readonly country: string; readonly name: string; readonly folder: string },
): Promise<Fetched> {
  const [newest] = await listKept(client, place, country);
  const wanted = name === "newest" ? newest?.name : name;
  if (wanted === undefined) throw new BucketError("copy-missing", `The bucket ${place.bucket} has no backup of ${country}.`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await bring(client, place.bucket, `${place.prefix}${wanted}`, join(folder, wanted));
  if (file === undefined) throw new BucketError("copy-missing", `The bucket ${place.bucket} has no ${wanted}.`);
  const beside = (one: string) => bring(client, place.keys.bucket, `${place.keys.prefix}${one}`, join(folder, one));
  return { file, keysFile: await beside(`${country}.yzk`), tombstones: await beside("tombstones.yzt") };
}

async function bring(client: S3Client, Bucket: string, Key: string, to: string): Promise<string | undefined> {
  const partial = `${to}.partial`;
  try {
    const found = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    if (!(found.Body instanceof Readable)) throw new BucketError("copy-missing", `${Key} has no content.`);
    await pipeline(found.Body, createWriteStream(partial, { mode: 0o600, flush: true }));
    if ((await sha256Of(partial)) !== found.Metadata?.["sha256"])
      throw new BucketError("copy-damaged", `${Key} is not what was put there.`);
    await rename(partial, to);
    return to;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}
