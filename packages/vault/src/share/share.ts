import { sha256 } from "../audit/merkle.ts";
import { BindingWriter } from "../binding.ts";
import { assertBytes, concat, keyBytes, readUint32, writeUint32 } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import { decapsulate, fingerprint, publicIdentity, sealTo, verify } from "../identity.ts";
import { randomBytes } from "../random.ts";
import { algorithms, type Header, magics, openBytes, openText, overhead, readHeader, sealBytes, sealText } from "../seal.ts";
import { sodium } from "../sodium.ts";
import type { Identity, KeyBytes, PublicIdentity } from "../types.ts";
import { decodeShareHeader, encodeShareHeader, type ShareHeader, signedPart, type WrapKind } from "./format.ts";

/** Someone a share is for, with the fingerprint that people compared: a key that does not match it gets nothing. */
export interface PinnedRecipient {
  readonly identity: PublicIdentity;
  readonly fingerprint: string;
  /** `x-wing` (post-quantum) for records that outlive X25519; the identity must carry that key. */
  readonly kind: WrapKind;
}

export interface ShareRequest {
  readonly sender: Identity;
  readonly recipients: readonly PinnedRecipient[];
  readonly consentId: string;
  /** Milliseconds since 1970. After it an honest recipient does not open the share; it is not a cryptographic end. */
  readonly expiresAt: number;
  readonly payload: Uint8Array;
}

const sealedHeader: Header = { magic: magics.share, algorithm: algorithms.xchacha20poly1305, flags: 0, keyVersion: 1 };
const wrapHeader: Header = { magic: magics.wrappedKey, algorithm: algorithms.xchacha20poly1305, flags: 0, keyVersion: 0 };
const signatureLength = 64;

/**
 * Seals a payload for several recipients under a fresh key: header length 4 ‖ header ‖ sealed payload ‖ Ed25519
 * signature 64. The payload is bound to the header, and the signature covers header and ciphertext, because a
 * sealed box proves no sender. Throws `identity-invalid` for a recipient whose key is not the pinned one.
 */
export function sealShare(request: ShareRequest): Uint8Array {
  assertBytes(request.payload);
  if (request.recipients.length === 0) throw new VaultError("identity-invalid");
  const key = keyBytes(randomBytes(32));
  const header = encodeShareHeader({
    sender: request.sender.node,
    senderKeyId: request.sender.keyId,
    consentId: request.consentId,
    expiresAt: request.expiresAt,
    recipients: request.recipients.map(({ identity, fingerprint: pinned, kind }) => {
      const checked = publicIdentity(identity);
      if (fingerprint(checked) !== pinned) throw new VaultError("identity-invalid");
      return { node: checked.node, keyId: checked.keyId, kind, wrapped: wrapKey(key, checked, kind) };
    }),
  });
  const ciphertext = sealText(sealedHeader, key, bindHeader(header), request.payload);
  const signature = request.sender.sign(signedPart(header, sha256(ciphertext)));
  const length = new Uint8Array(4);
  writeUint32(length, 0, header.length);
  return concat(length, header, ciphertext, signature);
}

/** What anyone may read of a share, unverified. Throws `share-malformed`. */
export function readShareHeader(share: Uint8Array): ShareHeader {
  return decodeShareHeader(partsOf(share).header);
}

/**
 * Opens a share. `now` is milliseconds since 1970. The signature is checked first, against the sender known to
 * us. Throws `share-malformed`, `signature-invalid`, `share-expired`, `not-for-us`, `sealed-…`.
 */
export function openShare(
  share: Uint8Array,
  recipient: Identity,
  sender: PublicIdentity,
  now: number,
): { readonly header: ShareHeader; readonly payload: Uint8Array } {
  const { header: bytes, ciphertext, signature } = partsOf(share);
  const header = decodeShareHeader(bytes);
  const known = publicIdentity(sender);
  const named = header.sender === known.node && header.senderKeyId === known.keyId;
  if (!named || !verify(known.signKey, signedPart(bytes, sha256(ciphertext)), signature)) {
    throw new VaultError("signature-invalid");
  }
  if (now >= header.expiresAt) throw new VaultError("share-expired");
  const ours = header.recipients.find(({ node, keyId }) => node === recipient.node && keyId === recipient.keyId);
  if (ours === undefined) throw new VaultError("not-for-us");
  readHeader(ciphertext, sealedHeader.magic, sealedHeader.algorithm);
  const key = unwrapKey(ours.wrapped, recipient, ours.kind);
  return { header, payload: openText(key, bindHeader(bytes), ciphertext) };
}

function wrapKey(key: KeyBytes, recipient: PublicIdentity, kind: WrapKind): Uint8Array {
  if (kind === "x25519") return sealTo(recipient.boxKey, key);
  if (recipient.kem === undefined) throw new VaultError("identity-invalid");
  const { ciphertext, sharedSecret } = sodium.crypto_kem_xwing_enc(recipient.kem.key);
  return concat(ciphertext, sealBytes(wrapHeader, keyBytes(sharedSecret), bindWrap(recipient, ciphertext), key));
}

function unwrapKey(wrapped: Uint8Array, recipient: Identity, kind: WrapKind): KeyBytes {
  if (kind === "x25519") return keyBytes(recipient.openSealed(wrapped));
  const split = sodium.crypto_kem_xwing_CIPHERTEXTBYTES;
  const ciphertext = wrapped.subarray(0, split);
  const sealed = wrapped.subarray(split);
  if (sealed.length !== overhead + 32) throw new VaultError("share-malformed");
  readHeader(sealed, wrapHeader.magic, wrapHeader.algorithm);
  return keyBytes(openBytes(decapsulate(recipient, ciphertext), bindWrap(recipient, ciphertext), sealed));
}

function bindHeader(header: Uint8Array): Uint8Array {
  return new BindingWriter(header.length + 64).name("share").bytes(header).done();
}

function bindWrap(recipient: PublicIdentity, ciphertext: Uint8Array): Uint8Array {
  return new BindingWriter(2048).name("share key").name(recipient.node).name(recipient.keyId).bytes(ciphertext).done();
}

function partsOf(share: Uint8Array): { header: Uint8Array; ciphertext: Uint8Array; signature: Uint8Array } {
  assertBytes(share);
  if (share.length < 4 + overhead + signatureLength) throw new VaultError("share-malformed");
  const end = 4 + readUint32(share, 0);
  const signatureAt = share.length - signatureLength;
  if (end + overhead > signatureAt) throw new VaultError("share-malformed");
  return { header: share.subarray(4, end), ciphertext: share.subarray(end, signatureAt), signature: share.subarray(signatureAt) };
}
