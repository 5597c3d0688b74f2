import { BindingWriter, bindingReserve } from "../binding.ts";
import { concat, readUint32, utf8 } from "../bytes.ts";
import { VaultError } from "../errors.ts";

/** How the share's key reached one recipient. */
export type WrapKind = "x25519" | "x-wing";
const kinds: readonly WrapKind[] = ["x25519", "x-wing"];

export interface ShareRecipient {
  readonly node: string;
  readonly keyId: string;
  readonly kind: WrapKind;
  readonly wrapped: Uint8Array;
}

/** What everybody may read of a share. */
export interface ShareHeader {
  readonly sender: string;
  readonly senderKeyId: string;
  readonly consentId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly recipients: readonly ShareRecipient[];
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Each field as a 4-byte length and its bytes; numbers as 8 bytes; the recipients are counted before them. */
export function encodeShareHeader(header: ShareHeader): Uint8Array {
  const writer = new BindingWriter(1024)
    .name(header.sender)
    .name(header.senderKeyId)
    .name(header.consentId)
    .whole(header.expiresAt)
    .whole(header.recipients.length);
  for (const { node, keyId, kind, wrapped } of header.recipients) writer.name(node).name(keyId).name(kind).bytes(wrapped);
  return writer.done().slice(bindingReserve);
}

/** Throws `share-malformed`; there must be nothing behind the last field. */
export function decodeShareHeader(bytes: Uint8Array): ShareHeader {
  let at = 0;
  const field = (): Uint8Array => {
    if (at + 4 > bytes.length) throw new VaultError("share-malformed");
    const start = at + 4;
    at = start + readUint32(bytes, at);
    if (at > bytes.length) throw new VaultError("share-malformed");
    return bytes.subarray(start, at);
  };
  const text = (): string => {
    try {
      return decoder.decode(field());
    } catch {
      throw new VaultError("share-malformed");
    }
  };
  const whole = (): number => {
    const value = field();
    if (value.length !== 8) throw new VaultError("share-malformed");
    return readUint32(value, 0) * 0x1_0000_0000 + readUint32(value, 4);
  };
  const [sender, senderKeyId, consentId] = [text(), text(), text()];
  const expiresAt = whole();
  const count = whole();
  if (!Number.isSafeInteger(expiresAt) || count > 1000) throw new VaultError("share-malformed");
  const recipients = Array.from({ length: count }, () => {
    const [node, keyId, name] = [text(), text(), text()];
    const kind = kinds.find((known) => known === name);
    if (kind === undefined) throw new VaultError("share-malformed");
    return { node, keyId, kind, wrapped: field() };
  });
  if (at !== bytes.length) throw new VaultError("share-malformed");
  return { sender, senderKeyId, consentId, expiresAt, recipients };
}

/** What the sender signs: the header (sender, recipients, consent, expiry) and the ciphertext's SHA-256. */
export function signedPart(header: Uint8Array, ciphertextHash: Uint8Array): Uint8Array {
  return concat(utf8("yizhan share v1\n"), header, ciphertextHash);
}
