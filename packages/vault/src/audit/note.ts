import { concat, equalBytes, utf8 } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import { verify } from "../identity.ts";
import { sha256 } from "./merkle.ts";

/** Who vouches for a note: a name without spaces or `+`, and an Ed25519 key. */
export interface NoteVerifier {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

export interface NoteSigner extends NoteVerifier {
  sign(message: Uint8Array): Uint8Array;
}

const ed25519 = 1;

/** A node's identity as the signer of its log's checkpoints. */
export function noteSigner(identity: { signKey: Uint8Array; sign(message: Uint8Array): Uint8Array }, name: string): NoteSigner {
  assertName(name);
  return { name, publicKey: identity.signKey, sign: (message) => identity.sign(message) };
}

/** Adds a signature line to a text (which ends with a line break). C2SP signed-note. Throws `note-malformed`. */
export function signNote(text: string, signer: NoteSigner): string {
  assertName(signer.name);
  if (!text.endsWith("\n") || !isPlain(text)) throw new VaultError("note-malformed");
  const signature = concat(keyHash(signer), signer.sign(utf8(text)));
  return `${text}\n— ${signer.name} ${Buffer.from(signature).toString("base64")}\n`;
}

/**
 * The text of a note that at least one of the verifiers signed. Lines of signers that are not asked about are
 * passed over, as C2SP signed-note tells. Throws `note-malformed`, `signature-invalid`.
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): string {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || !isPlain(note)) throw new VaultError("note-malformed");
  const text = note.slice(0, end + 1);
  let vouched = false;
  for (const line of note.slice(end + 2, -1).split("\n")) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) throw new VaultError("note-malformed");
    const bytes = new Uint8Array(Buffer.from(match[2], "base64"));
    const known = verifiers.find((verifier) => verifier.name === match[1] && equalBytes(keyHash(verifier), bytes.subarray(0, 4)));
    if (known === undefined) continue;
    if (!verify(known.publicKey, utf8(text), bytes.subarray(4))) throw new VaultError("signature-invalid");
    vouched = true;
  }
  if (!vouched) throw new VaultError("signature-invalid");
  return text;
}

/** The first four bytes of SHA-256(name ‖ line break ‖ algorithm ‖ public key). */
function keyHash(verifier: NoteVerifier): Uint8Array {
  return sha256(concat(utf8(`${verifier.name}\n`), Uint8Array.of(ed25519), verifier.publicKey)).subarray(0, 4);
}

function assertName(name: string): void {
  if (name === "" || /[\s+]/u.test(name)) throw new VaultError("note-malformed");
}

function isPlain(text: string): boolean {
  // A signed note holds no control character but line breaks.
  return text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);
}
