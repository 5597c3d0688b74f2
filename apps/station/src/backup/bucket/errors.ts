/** What can be wrong with a bucket, or in the way of one. */
const remedies = {
  "bucket-unreachable": "Look at the network and at the bucket's name and region; the next run tries again.",
  "bucket-denied": "Let this machine's role or credentials use the bucket as docs/backup.md lists it.",
  "bucket-not-versioned": "Turn versioning on for the bucket of the backups.",
  "bucket-not-locked": "Make a bucket with object lock: what is not locked can be deleted by whoever takes this machine over.",
  "bucket-public": "Block all public access of the bucket.",
  "bucket-keeps-keys":
    "Name a bucket without versions and without object lock for the keys: what is forgotten must be replaced there.",
  "copy-damaged": "Take another backup; keep this one for whoever looks into it.",
  "copy-missing": "Name a backup that is there: `list` names them.",
  "nothing-to-carry": "Look why there is no backup: `systemctl status yizhan-backup`.",
} as const;

export type BucketErrorCode = keyof typeof remedies;

/** Why backups are not carried to a bucket or fetched from it. Neither text holds a value of the data. */
export class BucketError extends Error {
  readonly code: BucketErrorCode;
  readonly remedy: string;

  constructor(code: BucketErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "BucketError";
    this.code = code;
    this.remedy = remedies[code];
  }
}

/** The service's own code for what went wrong, for the operator; its message may name keys and stays out. */
export function asBucketError(error: unknown, bucket: string): Error {
  if (error instanceof BucketError) return error;
  const name = error instanceof Error ? error.name : "";
  const status: unknown = Reflect.get(Object(Reflect.get(Object(error), "$metadata")), "httpStatusCode");
  if (status === undefined && isOurs(error)) return error;
  const code = status === 403 || /AccessDenied|InvalidAccessKeyId|Signature/.test(name) ? "bucket-denied" : "bucket-unreachable";
  return new BucketError(code, `The bucket ${bucket} did not do what was asked (${name}).`, error);
}

/** Of this machine: a disk, a vault; not of the bucket. */
function isOurs(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error.name === "VaultError" || /^E(?:NOSPC|ACCES|NOENT|ROFS)$/.test(String(Reflect.get(error, "code"))))
  );
}
