/**
 * What stops the installer, each with its exit code and what the operator does about it. 2 is for a wrong command
 * line; below 20 nothing on the host was changed; from 20 on the message says what was.
 */
const table = {
  usage: [2, "See yizhan-host --help."],
  "not-root": [3, "Run it as root."],
  locked: [4, "Wait until the other one is done; yizhan-host status says who it is."],
  "archive-unreadable": [5, "Copy the archive again; compare its size and sha256sum with what `yizhan bundle` printed."],
  "archive-unsigned": [6, "Take an archive that `yizhan bundle` made; nothing unsigned is installed."],
  "archive-altered": [7, "Throw this archive away. Make or copy it again from a machine you trust."],
  "archive-other-signer": [
    8,
    "Compare the fingerprint aloud with whoever made the archive. If the key was changed on purpose, give the new one with --fingerprint and --new-signer.",
  ],
  "archive-older": [9, "Take the newer archive. To go back on purpose: yizhan-host rollback."],
  "archive-other-country": [10, "This host belongs to another station. Take that station's archive, or an empty host."],
  "part-missing": [11, "Upload again: only what is missing is sent."],
  "preflight-failed": [12, "Put right what is listed; nothing was changed."],
  "not-installed": [13, "Nothing of Yizhan is installed here. Start with apply."],
  "snapshot-missing": [14, "There is no snapshot to go back to; yizhan-host status lists what there is."],
  "recipient-invalid": [15, "Give the recipient's public identity file and compare its fingerprint."],
  "data-in-the-way": [18, "Hand the data over first: yizhan-host handover. To throw it away for good: destroy --discard-data."],
  "passphrase-missing": [19, "Give --recipient FILE or --passphrase-file FILE: what is handed over is sealed for somebody."],
  drifted: [16, "See what differs; `apply` puts it back as it was rendered."],
  "given-missing": [17, "Give it: yizhan up sends it beside the archive; on the host, apply --given FOLDER."],
  "disk-full": [20, "Make room, then run the same command again: it goes on where it stopped."],
  "step-failed": [21, "Read the lines above, put it right and run the same command again: it goes on where it stopped."],
  unhealthy: [22, "See journalctl -u of the units named; run the same command again when it is put right."],
  "rolled-back": [
    23,
    "The new release was not healthy. The one before runs again with its data; send the lines above to whoever made the release.",
  ],
  "rollback-failed": [
    24,
    "Neither release is healthy. The snapshot is untouched; see journalctl and restore it by hand or from a backup.",
  ],
  "backup-failed": [26, "See journalctl -u yizhan-backup. The backups that were there are kept."],
  "restore-failed": [27, "Everything is as it was before: docs/backup.md says what each refusal means."],
  "no-calls": [28, "Its site file says jitsi: false. To hold calls: name a folder with Jitsi's packages there, then up."],
  "not-typed": [29, "Its site file unseals it without people: see `unseal` there."],
  sealed: [30, "Open it first: yizhan unseal."],
  "no-root-yet": [31, "Make it: yizhan unseal asks, and says what to keep."],
  "root-there": [32, "There is a root already. To change what opens it: yizhan unseal --anew."],
  "unseal-refused": [33, "Nothing was changed. Type it again; capital letters and spaces count in a passphrase."],
  interrupted: [25, "Run the same command again: it goes on where it stopped."],
} as const satisfies Record<string, readonly [number, string]>;

export type HostErrorCode = keyof typeof table;

/** Stops the installer. The message names files, units and packages, never what is in them. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "HostError";
    this.code = code;
  }

  get exitCode(): number {
    return table[this.code][0];
  }

  get remedy(): string {
    return table[this.code][1];
  }
}

/** The code that an exit code stands for; undefined for 0 and for what nobody foresaw. */
export function codeOfExit(exitCode: number): HostErrorCode | undefined {
  for (const [code, [number]] of Object.entries(table)) if (number === exitCode) return code as HostErrorCode;
  return undefined;
}

/** What to do about a code, for whoever reads it elsewhere. */
export function remedyOf(code: HostErrorCode): string {
  return table[code][1];
}
