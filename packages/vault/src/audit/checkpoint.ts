import { VaultError } from "../errors.ts";
import { openNote, type NoteSigner, type NoteVerifier, signNote } from "./note.ts";
import type { TreeHead } from "./verify.ts";

export interface Checkpoint extends TreeHead {
  /** Names the log, for ever: `MZ.yizhan/audit`. */
  readonly origin: string;
  /** Lines of our own behind the root, as C2SP tlog-checkpoint allows: signed with it. */
  readonly extensions?: readonly string[];
}

/** A signed checkpoint in C2SP's tlog-checkpoint form. Throws `note-malformed` for an extension that is no line of text. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const root = Buffer.from(checkpoint.root).toString("base64");
  const extensions = checkpoint.extensions ?? [];
  if (extensions.some((line) => line === "" || line.includes("\n"))) throw new VaultError("note-malformed");
  const lines = [checkpoint.origin, String(checkpoint.size), root, ...extensions];
  return signNote(lines.map((line) => `${line}\n`).join(""), signer);
}

/** Opens a signed checkpoint of one log. Throws `note-malformed`, `signature-invalid`. */
export function openCheckpoint(note: string, origin: string, verifiers: readonly NoteVerifier[]): Checkpoint {
  const [name, digits = "", encoded = "", ...rest] = openNote(note, verifiers).split("\n");
  const extensions = rest.slice(0, -1);
  const size = /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) : Number.NaN;
  const root = new Uint8Array(Buffer.from(encoded, "base64"));
  const canonical = Buffer.from(root).toString("base64") === encoded;
  if (name !== origin || !Number.isSafeInteger(size) || root.length !== 32 || !canonical) throw new VaultError("note-malformed");
  return { origin, size, root, ...(extensions.length === 0 ? {} : { extensions }) };
}
