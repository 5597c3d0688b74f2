import { VaultError } from "../errors.ts";
import { type AwsCredentials, signAwsPost } from "./aws-signature.ts";
import type { KeyService } from "./kms.ts";

export interface AwsKmsOptions {
  readonly region: string;
  /** The key's ARN or id. Decrypting names it too, so that a ciphertext under another key is refused. */
  readonly keyId: string;
  /** Asked before each request, because a role's credentials change every few hours. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** For a private endpoint; AWS's own for the region unless told. HTTPS, except on this machine itself. */
  readonly endpoint?: string;
  readonly now?: () => Date;
}

/** AWS KMS over its JSON protocol. A request is given up after ten seconds. Throws `kms-refused`. */
export function awsKms(options: AwsKmsOptions): KeyService {
  const url = new URL(
    options.endpoint ?? `https://kms.${options.region}.amazonaws.com${options.region.startsWith("cn-") ? ".cn" : ""}/`,
  );
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1") throw new VaultError("kms-refused");

  const call = async (operation: "Encrypt" | "Decrypt", input: object, field: string): Promise<Uint8Array> => {
    const body = JSON.stringify({ KeyId: options.keyId, ...input });
    const plain = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    const request = { url, service: "kms", region: options.region, headers: plain, body };
    const { host: _, ...headers } = signAwsPost(request, await options.credentials(), options.now?.() ?? new Date());
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
      const value: unknown = answer.ok ? Reflect.get(Object(await answer.json()), field) : undefined;
      if (typeof value === "string") return new Uint8Array(Buffer.from(value, "base64"));
    } catch {
      // The reason may name keys and accounts; it is in the service's own log.
      throw new VaultError("kms-refused");
    }
    throw new VaultError("kms-refused");
  };

  return {
    encrypt: (plaintext, context) =>
      call("Encrypt", { Plaintext: Buffer.from(plaintext).toString("base64"), EncryptionContext: context }, "CiphertextBlob"),
    decrypt: (ciphertext, context) =>
      call("Decrypt", { CiphertextBlob: Buffer.from(ciphertext).toString("base64"), EncryptionContext: context }, "Plaintext"),
  };
}
