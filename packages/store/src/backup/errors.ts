/** What can be wrong with a backup, or in the way of one. */
export const backupErrorCodes = [
  "backup-not-found",
  "backup-not-one",
  "backup-other-country",
  "backup-other-root",
  "backup-other-keys",
  "backup-damaged",
  "backup-truncated",
  "backup-newer",
  "backup-check-failed",
  "keys-missing",
  "target-not-writable",
  "file-missing",
  "file-damaged",
  "in-use",
] as const;
export type BackupErrorCode = (typeof backupErrorCodes)[number];

const remedies: Readonly<Record<BackupErrorCode, string>> = {
  "backup-not-found": "Name a file that is there and that this user may read.",
  "backup-not-one":
    "Name a file that `yizhan backup` wrote: the data (.yzb), with --keys the key store (.yzk), with --tombstones .yzt.",
  "backup-other-country": "Give the backup of this country; records never move to another one.",
  "backup-other-root": "Unseal the root that was in use when the backup was made, then try again.",
  "backup-other-keys": "Give the key store's file that was written with this backup: --keys FILE.yzk",
  "backup-damaged": "Take another copy of this backup, or an older backup. Nothing was changed here.",
  "backup-truncated": "The copy is incomplete: copy it again, or take an older backup. Nothing was changed here.",
  "backup-newer": "Install the release that made this backup, or a later one, then restore.",
  "backup-check-failed": "Do not rely on this backup: make another one, and keep older ones until it passes.",
  "keys-missing": "Give the key store's file that was written with this backup: --keys FILE.yzk",
  "target-not-writable": "Make room, or name another place with -o FILE. No part of the backup was left behind.",
  "file-missing":
    "Put the file back from an older backup or a copy of the files folder, or delete the record that names it; then back up again.",
  "file-damaged":
    "Put the file back from an older backup or a copy of the files folder, or remove it and delete the record that names it; then back up again.",
  "in-use": "Stop the station or the hub (or wait for the other backup or restore), then try again.",
};

/** An error of backing up or restoring. `remedy` says what to do; neither holds a value of the data. */
export class BackupError extends Error {
  readonly code: BackupErrorCode;
  readonly remedy: string;

  constructor(code: BackupErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "BackupError";
    this.code = code;
    this.remedy = remedies[code];
  }
}
