import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { HeadObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { BucketError } from "./errors.ts";
import type { BucketPlace } from "./place.ts";

/** Bytes held in memory for each part that is on its way; two are at once. S3's own least is 5 MiB, its most 10,000 parts. */
const partSize = 16 * 1024 ** 2;

/**
 * Puts one file under the lock, in parts, each with its SHA-256; an object appears whole or not at all. One that is
 * there with the same bytes is left: its lock goes on as it was.
 */
export async function putLocked(client: S3Client, place: BucketPlace, file: string, now: Date): Promise<"put" | "there"> {
  const Key = `${place.prefix}${basename(file)}`;
  const sha256 = await sha256Of(file);
  if ((await head(client, place.bucket, Key))?.sha256 === sha256) return "there";
  const until = new Date(now.getTime() + place.lock.days * 86_400_000);
  await put(client, place, file, {
    Bucket: place.bucket,
    Key,
    ObjectLockMode: place.lock.mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
    ObjectLockRetainUntilDate: until,
    Metadata: { sha256 },
  });
  return "put";
}

/** Puts one file in place of the one before. */
export async function putReplacing(client: S3Client, place: BucketPlace, file: string): Promise<void> {
  const Key = `${place.keys.prefix}${basename(file)}`;
  await put(client, place, file, { Bucket: place.keys.bucket, Key, Metadata: { sha256: await sha256Of(file) } });
}

async function put(client: S3Client, place: BucketPlace, file: string, params: PutObjectCommandInput): Promise<void> {
  const sealing = place.kmsKey === undefined ? {} : ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: place.kmsKey } as const);
  const upload = new Upload({
    client,
    params: {
      ...params,
      ...sealing,
      Body: createReadStream(file),
      ChecksumAlgorithm: "SHA256",
      ContentType: "application/octet-stream",
    },
    partSize,
    queueSize: 2,
    leavePartsOnError: false,
  });
  await upload.done();
  const { Bucket = "", Key = "" } = params;
  const there = await head(client, Bucket, Key);
  if (there?.size !== (await stat(file)).size || there.sha256 !== params.Metadata?.["sha256"])
    throw new BucketError("copy-damaged", `${Key} did not arrive as it was sent.`);
}

interface Head {
  readonly size: number;
  readonly sha256: string | undefined;
}

async function head(client: S3Client, Bucket: string, Key: string): Promise<Head | undefined> {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket, Key }));
    return { size: found.ContentLength ?? -1, sha256: found.Metadata?.["sha256"] };
  } catch (error) {
    if (error instanceof Error && error.name === "NotFound") return undefined;
    throw error;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
