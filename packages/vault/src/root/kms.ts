import { keyBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import type { KeyBytes } from "../types.ts";
import { rootCommitment } from "./commitment.ts";

/**
 * What a key management service must do: AWS KMS's `Encrypt` and `Decrypt` with an encryption context, or an
 * HSM's equal. The context is authenticated: decrypting with another one must fail.
 */
export interface KeyService {
  encrypt(plaintext: Uint8Array, context: Readonly<Record<string, string>>): Promise<Uint8Array>;
  decrypt(ciphertext: Uint8Array, context: Readonly<Record<string, string>>): Promise<Uint8Array>;
}

/** Kept beside the data, as JSON: useless without the service. */
export interface KmsSealedRoot {
  readonly country: string;
  /** Base64. */
  readonly ciphertext: string;
  /** Tells a wrong answer from the right root. */
  readonly commitment: string;
}

/** Seals a root for {@link kmsRoot}; the country is its encryption context. Throws what the service throws. */
export async function sealRootWithKms(root: KeyBytes, country: string, service: KeyService): Promise<KmsSealedRoot> {
  const ciphertext = await service.encrypt(keyBytes(root), contextFor(country));
  return { country, ciphertext: Buffer.from(ciphertext).toString("base64"), commitment: rootCommitment(root, country) };
}

/** Throws what the service throws where it is a VaultError, else `kms-refused`; `wrong-root`, `root-file-invalid`. */
export async function kmsRoot(sealed: unknown, service: KeyService): Promise<KeyBytes> {
  if (!isSealedRoot(sealed)) throw new VaultError("root-file-invalid");
  let plaintext: Uint8Array;
  try {
    plaintext = await service.decrypt(new Uint8Array(Buffer.from(sealed.ciphertext, "base64")), contextFor(sealed.country));
  } catch (error) {
    // Another service's own words may name keys and accounts.
    throw error instanceof VaultError ? error : new VaultError("kms-refused");
  }
  if (!(plaintext instanceof Uint8Array) || plaintext.length !== 32) throw new VaultError("wrong-root");
  const root = keyBytes(plaintext);
  if (rootCommitment(root, sealed.country) !== sealed.commitment) throw new VaultError("wrong-root");
  return root;
}

function contextFor(country: string): Readonly<Record<string, string>> {
  return { "yizhan:country": country, "yizhan:purpose": "root" };
}

function isSealedRoot(value: unknown): value is KmsSealedRoot {
  if (typeof value !== "object" || value === null) return false;
  const { country, ciphertext, commitment } = value as Record<keyof KmsSealedRoot, unknown>;
  return [country, ciphertext, commitment].every((one) => typeof one === "string");
}
