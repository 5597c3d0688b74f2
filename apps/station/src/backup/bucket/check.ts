import {
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { BucketError } from "./errors.ts";
import type { BucketPlace } from "./place.ts";

/** Refuses buckets that would show, lose, or for ever keep what they are given. Throws `bucket-…`. */
export async function checkBuckets(client: S3Client, place: BucketPlace): Promise<void> {
  const { bucket, keys } = place;
  if (keys.bucket === bucket)
    throw new BucketError("bucket-keeps-keys", `The keys would lie under the lock of the bucket ${bucket}.`);
  for (const Bucket of [bucket, keys.bucket]) await checkClosed(client, Bucket);
  if ((await versioning(client, bucket)) !== "Enabled")
    throw new BucketError("bucket-not-versioned", `The bucket ${bucket} keeps no versions.`);
  if (!(await isLocked(client, bucket))) throw new BucketError("bucket-not-locked", `The bucket ${bucket} has no object lock.`);
  if ((await versioning(client, keys.bucket)) === "Enabled" || (await isLocked(client, keys.bucket)))
    throw new BucketError("bucket-keeps-keys", `The bucket ${keys.bucket} keeps what is replaced in it.`);
}

async function checkClosed(client: S3Client, Bucket: string): Promise<void> {
  const found = await absentAs(client.send(new GetPublicAccessBlockCommand({ Bucket })), "NoSuchPublicAccessBlockConfiguration");
  const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
    found?.PublicAccessBlockConfiguration ?? {};
  const closed = [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets].every((one) => one === true);
  const policy = await absentAs(client.send(new GetBucketPolicyStatusCommand({ Bucket })), "NoSuchBucketPolicy");
  if (!closed || policy?.PolicyStatus?.IsPublic === true)
    throw new BucketError("bucket-public", `The bucket ${Bucket} can be opened to everybody.`);
}

async function versioning(client: S3Client, Bucket: string): Promise<string | undefined> {
  return (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status;
}

async function isLocked(client: S3Client, Bucket: string): Promise<boolean> {
  const asked = client.send(new GetObjectLockConfigurationCommand({ Bucket }));
  const found = await absentAs(asked, "ObjectLockConfigurationNotFoundError");
  return found?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled";
}

/** Where nothing is set, S3 answers with an error of this name. */
async function absentAs<T>(asked: Promise<T>, name: string): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  }
}
