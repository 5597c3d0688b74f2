import { VaultError } from "@yizhan/vault";
import { BackupError, type BackupErrorCode } from "./errors.ts";

const meanings: Partial<Record<VaultError["code"], readonly [BackupErrorCode, string]>> = {
  "wrong-root": ["backup-other-root", "was sealed under another root"],
  "file-truncated": ["backup-truncated", "ends too early"],
  "sealed-tampered": ["backup-damaged", "was changed after it was sealed"],
  "sealed-malformed": ["backup-damaged", "was changed after it was sealed"],
  "sealed-version-unknown": ["backup-newer", "is of a form that only a newer Yizhan knows"],
};

/** Turns what opening a sealed file throws into what it means for a backup. `otherwise`: what a mismatch means there. */
export async function* explained(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  otherwise: readonly [BackupErrorCode, string],
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const mismatch = error.code === "sealed-mismatch" || error.code === "key-version-unknown" || error.code === "subject-unknown";
    const meaning = mismatch ? otherwise : meanings[error.code];
    if (meaning === undefined) throw error;
    throw new BackupError(meaning[0], `${path} ${meaning[1]}.`, { cause: error });
  }
}
