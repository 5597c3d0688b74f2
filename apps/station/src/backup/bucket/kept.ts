import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { BucketPlace } from "./place.ts";

export interface Kept {
  readonly name: string;
  readonly bytes: number;
}

const isBackup = (name: string, country: string) => new RegExp(`^${country}-[0-9TZ]+\\.(?:yzb|tar)$`).test(name);

/** Backups that are in the bucket, the newest first: their names sort by time. */
export async function listKept(client: S3Client, { bucket, prefix }: BucketPlace, country: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}${country}-` })) {
    for (const { Key = "", Size = 0 } of page.Contents ?? []) kept.push({ name: Key.slice(prefix.length), bytes: Size });
  }
  return kept.filter(({ name }) => isBackup(name, country)).sort((one, other) => (one.name < other.name ? 1 : -1));
}

/** Removes backups beyond the newest `keep` whose lock is over, each version for good; the names of what went. */
export async function prune(client: S3Client, place: BucketPlace, country: string, keep: number, now: Date): Promise<string[]> {
  const gone: string[] = [];
  for (const { name } of (await listKept(client, place, country)).slice(keep)) {
    const Key = `${place.prefix}${name}`;
    // A backup's name is used once: its versions never fill a page of a thousand.
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: place.bucket, Prefix: Key }));
    for (const { VersionId } of Versions.filter((one) => one.Key === Key)) {
      const found = await client.send(new HeadObjectCommand({ Bucket: place.bucket, Key, VersionId }));
      const until = found.ObjectLockRetainUntilDate;
      if (until !== undefined && until > now) continue;
      await client.send(new DeleteObjectCommand({ Bucket: place.bucket, Key, VersionId }));
      gone.push(name);
    }
  }
  return gone;
}

/** Parts of uploads that were cut are in no list and cost money: what began more than six hours ago is given up. */
export async function dropHalves(client: S3Client, place: BucketPlace, now: Date): Promise<number> {
  let dropped = 0;
  for (const at of [place, place.keys]) {
    const found = await client.send(new ListMultipartUploadsCommand({ Bucket: at.bucket, Prefix: at.prefix }));
    for (const { Key, UploadId, Initiated } of found.Uploads ?? []) {
      if (Initiated === undefined || now.getTime() - Initiated.getTime() < 6 * 3_600_000) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: at.bucket, Key, UploadId }));
      dropped += 1;
    }
  }
  return dropped;
}
