import { VaultError } from "../errors.ts";
import { openNote, type NoteSigner, type NoteVerifier, signNote } from "./note.ts";
import type { TreeHead } from "./verify.ts";

export interface Checkpoint extends TreeHead {
  /** Names the log, for ever: `MZ.yizhan/audit`. */
  readonly origin: string;
}

/** A signed checkpoint in C2SP's tlog-checkpoint form. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const root = Buffer.from(checkpoint.root).toString("base64");
  return signNote(`${checkpoint.origin}\n${checkpoint.size}\n${root}\n`, signer);
}

/** Opens a signed checkpoint of one log. Throws `note-malformed`, `signature-invalid`. */
export function openCheckpoint(note: string, origin: string, verifiers: readonly NoteVerifier[]): Checkpoint {
  const [name, digits = "", encoded = ""] = openNote(note, verifiers).split("\n");
  const size = /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) : Number.NaN;
  const root = new Uint8Array(Buffer.from(encoded, "base64"));
  const canonical = Buffer.from(root).toString("base64") === encoded;
  if (name !== origin || !Number.isSafeInteger(size) || root.length !== 32 || !canonical) throw new VaultError("note-malformed");
  return { origin, size, root };
}
