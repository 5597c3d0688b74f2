import { concat, keyBytes, utf8 } from "./bytes.ts";
import { BindingWriter, bindingReserve } from "./binding.ts";
import { VaultError } from "./errors.ts";
import { randomBytes } from "./random.ts";
import { sodium } from "./sodium.ts";
import type { Identity, KeyBytes, PublicIdentity } from "./types.ts";

interface Secrets {
  readonly seed: KeyBytes;
  readonly kemSecret: Uint8Array;
}

// Secret halves stay out of the object itself, so that no log or JSON of an identity can hold them.
const secrets = new WeakMap<Identity, Secrets>();
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const kemLabel = utf8("yizhan x-wing key v1\n");

/** A new identity for a node (ISO 3166 code, upper case). Throws `identity-invalid`. */
export function makeIdentity(node: string): Identity {
  return identityFromSeed(node, keyBytes(randomBytes(32)));
}

/** The secret form: format version (1 byte), node (2 bytes), seed (32 bytes). Seal it or keep it in a 0600 file. */
export function identityToSecret(identity: Identity): Uint8Array {
  return concat(Uint8Array.of(1), utf8(identity.node), secretsOf(identity).seed);
}

/** Throws `identity-invalid`. */
export function identityFromSecret(secret: Uint8Array): Identity {
  if (!(secret instanceof Uint8Array) || secret.length !== 35 || secret[0] !== 1) throw new VaultError("identity-invalid");
  return identityFromSeed(new TextDecoder().decode(secret.subarray(1, 3)), keyBytes(secret.slice(3)));
}

/** The public half alone, checked: what may be written to a file or sent. Throws `identity-invalid`. */
export function publicIdentity(identity: PublicIdentity): PublicIdentity {
  const { node, signKey, boxKey, kem } = identity;
  const keysFit = isKey(signKey, 32) && isKey(boxKey, 32);
  if (!keysFit || typeof node !== "string" || !/^[A-Z]{2}$/.test(node)) throw new VaultError("identity-invalid");
  if (identity.keyId !== keyIdOf(node, signKey, boxKey)) throw new VaultError("identity-invalid");
  const whole = { node, keyId: identity.keyId, signKey, boxKey };
  if (kem === undefined) return whole;
  if (!isKey(kem.key, 1216) || !verify(signKey, concat(kemLabel, kem.key), kem.signature)) {
    throw new VaultError("identity-invalid");
  }
  return { ...whole, kem: { key: kem.key, signature: kem.signature } };
}

/**
 * What people compare to be sure of an identity: 160 bits over node, sign key and box key, as eight groups
 * of four Crockford base-32 signs. The X-Wing key is covered through its signature.
 */
export function fingerprint(identity: Pick<PublicIdentity, "node" | "signKey" | "boxKey">): string {
  const digest = digestOf(identity.node, identity.signKey, identity.boxKey);
  let value = 0n;
  for (const byte of digest.subarray(0, 20)) value = (value << 8n) | BigInt(byte);
  const signs = Array.from({ length: 32 }, (_, at) => crockford[Number((value >> BigInt((31 - at) * 5)) & 31n)] ?? "");
  return Array.from({ length: 8 }, (_, group) => signs.slice(group * 4, group * 4 + 4).join("")).join("-");
}

/** Checks an Ed25519 signature; false for anything malformed. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isKey(publicKey, 32) || !isKey(signature, 64) || !(message instanceof Uint8Array)) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

/** Seals bytes to an X25519 key (`crypto_box_seal`). Says nothing about the sender. Throws `bad-key`, `not-bytes`. */
export function sealTo(boxKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (!isKey(boxKey, 32)) throw new VaultError("bad-key");
  if (!(bytes instanceof Uint8Array)) throw new VaultError("not-bytes");
  return sodium.crypto_box_seal(bytes, boxKey);
}

/** The X-Wing shared secret that a KEM ciphertext holds for this identity; garbage for another's, as KEMs do. */
export function decapsulate(identity: Identity, ciphertext: Uint8Array): KeyBytes {
  return keyBytes(sodium.crypto_kem_xwing_dec(ciphertext, secretsOf(identity).kemSecret));
}

function identityFromSeed(node: string, seed: KeyBytes): Identity {
  if (!/^[A-Z]{2}$/.test(node)) throw new VaultError("identity-invalid");
  const derive = (context: string): Uint8Array => sodium.crypto_kdf_derive_from_key(32, 1, context, seed);
  const signing = sodium.crypto_sign_seed_keypair(derive("yzsign__"));
  const box = sodium.crypto_box_seed_keypair(derive("yzbox___"));
  const kem = sodium.crypto_kem_xwing_seed_keypair(derive("yzxwing_"));
  const signKey = signing.publicKey;
  const sign = (message: Uint8Array): Uint8Array => {
    if (!(message instanceof Uint8Array)) throw new VaultError("not-bytes");
    return sodium.crypto_sign_detached(message, signing.privateKey);
  };
  const identity: Identity = {
    node,
    keyId: keyIdOf(node, signKey, box.publicKey),
    signKey,
    boxKey: box.publicKey,
    kem: { key: kem.publicKey, signature: sign(concat(kemLabel, kem.publicKey)) },
    sign,
    openSealed(sealed) {
      if (!(sealed instanceof Uint8Array)) throw new VaultError("not-bytes");
      try {
        return sodium.crypto_box_seal_open(sealed, box.publicKey, box.privateKey);
      } catch {
        throw new VaultError("not-for-us");
      }
    },
  };
  secrets.set(identity, { seed, kemSecret: kem.privateKey });
  return identity;
}

function secretsOf(identity: Identity): Secrets {
  const found = secrets.get(identity);
  if (found === undefined) throw new VaultError("identity-invalid");
  return found;
}

function isKey(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function digestOf(node: string, signKey: Uint8Array, boxKey: Uint8Array): Uint8Array {
  const binding = new BindingWriter().name("identity").name(node).bytes(signKey).bytes(boxKey).done();
  return sodium.crypto_generichash(32, binding.subarray(bindingReserve), null);
}

function keyIdOf(node: string, signKey: Uint8Array, boxKey: Uint8Array): string {
  return sodium.to_hex(digestOf(node, signKey, boxKey).subarray(24));
}
