import { S3Client } from "@aws-sdk/client-s3";
import { awsCredentials, isPrivateEndpoint } from "@yizhan/vault";
import { z } from "zod";

const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const prefix = z.string().regex(/^(?:[\w.-]+\/)*$/, "folders, each with its slash");

/** Where a country's backups are kept: what packages/bundle writes from the site file. */
export const bucketPlaceSchema = z.strictObject({
  region: z.string().min(1),
  bucket,
  prefix,
  lock: z.strictObject({
    /** `compliance`: nobody deletes before the time, the account's root neither. `governance`: who has a special right may. */
    mode: z.enum(["compliance", "governance"]),
    days: z.number().int().min(1),
  }),
  /** The one copy of the key store and of who was forgotten: replaced each time, so never locked and without versions. */
  keys: z.strictObject({ bucket, prefix }),
  /** A store of one's own that speaks S3. */
  endpoint: z.string().refine(isPrivateEndpoint, "https://…, or http:// on this machine itself").optional(),
  /** AWS credentials; absent: the machine's own role. */
  credentials: z.string().startsWith("/").optional(),
  /** A key of KMS that seals objects at rest; absent: as the bucket says. */
  kmsKey: z.string().optional(),
});
export type BucketPlace = z.infer<typeof bucketPlaceSchema>;

/** A client that tries again by itself, five times, more slowly each time. */
export function openClient({ region, endpoint, credentials }: BucketPlace): S3Client {
  return new S3Client({
    region,
    credentials: awsCredentials(credentials === undefined ? { kind: "instance" } : { kind: "file", path: credentials }),
    maxAttempts: 5,
    retryMode: "standard",
    followRegionRedirects: false,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
}
