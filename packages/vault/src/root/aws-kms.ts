import { VaultError, type VaultErrorCode } from "../errors.ts";
import { isPrivateEndpoint } from "./aws-credentials.ts";
import { type AwsCredentials, signAwsPost } from "./aws-signature.ts";
import type { KeyService } from "./kms.ts";

export interface AwsKmsOptions {
  readonly region: string;
  /** The key's ARN or id. Decrypting names it too, so that a ciphertext under another key is refused. */
  readonly keyId: string;
  /** Asked before each request, because a role's credentials change every few hours. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** For a private endpoint; AWS's own for the region unless told. HTTPS, except on this machine itself. */
  readonly endpoint?: string | undefined;
  readonly now?: () => Date;
}

/** What KMS calls a refusal, and which of ours it is: "Errors" of Encrypt and Decrypt, AWS KMS API reference. */
const refusals: Readonly<Record<string, VaultErrorCode>> = {
  NotFoundException: "kms-key-unknown",
  DisabledException: "kms-key-disabled",
  KMSInvalidStateException: "kms-key-disabled",
  KeyUnavailableException: "kms-key-disabled",
  IncorrectKeyException: "kms-wrong-key",
  InvalidCiphertextException: "kms-wrong-key",
  AccessDeniedException: "kms-access-denied",
  UnrecognizedClientException: "kms-access-denied",
  InvalidSignatureException: "kms-access-denied",
  ExpiredTokenException: "kms-access-denied",
  InvalidClientTokenId: "kms-access-denied",
};

/**
 * AWS KMS over its JSON protocol. A request is given up after ten seconds. Throws `kms-…` and what `credentials`
 * throws; the service's own words may name keys and accounts, and stay out.
 */
export function awsKms(options: AwsKmsOptions): KeyService {
  const address =
    options.endpoint ?? `https://kms.${options.region}.amazonaws.com${options.region.startsWith("cn-") ? ".cn" : ""}/`;
  if (!isPrivateEndpoint(address)) throw new VaultError("kms-endpoint-open");
  const url = new URL(address);

  const call = async (operation: "Encrypt" | "Decrypt", input: object, field: string): Promise<Uint8Array> => {
    const body = JSON.stringify({ KeyId: options.keyId, ...input });
    const plain = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    const request = { url, service: "kms", region: options.region, headers: plain, body };
    const { host: _, ...headers } = signAwsPost(request, await options.credentials(), options.now?.() ?? new Date());
    const { ok, answer } = await asked(url, headers, body);
    const value: unknown = Reflect.get(Object(answer), field);
    if (ok && typeof value === "string") return new Uint8Array(Buffer.from(value, "base64"));
    const type = String(Reflect.get(Object(answer), "__type") ?? "").replace(/^.*#/, "");
    throw new VaultError(refusals[type] ?? "kms-refused");
  };

  return {
    encrypt: (plaintext, context) =>
      call("Encrypt", { Plaintext: Buffer.from(plaintext).toString("base64"), EncryptionContext: context }, "CiphertextBlob"),
    decrypt: (ciphertext, context) =>
      call("Decrypt", { CiphertextBlob: Buffer.from(ciphertext).toString("base64"), EncryptionContext: context }, "Plaintext"),
  };
}

async function asked(url: URL, headers: Record<string, string>, body: string): Promise<{ ok: boolean; answer: unknown }> {
  try {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    return { ok: answer.ok, answer: await answer.json() };
  } catch {
    throw new VaultError("kms-unreachable");
  }
}
