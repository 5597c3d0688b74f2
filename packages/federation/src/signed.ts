import { verify } from "@yizhan/vault";
import type { z } from "zod";
import { canonicalBytes, fromBase64, toBase64 } from "./canonical.ts";
import { FederationError } from "./errors.ts";

/** What a signature is for. It is signed too, so that no message can stand in for another kind. */
export type Purpose = "envelope" | "gateway" | "ack" | "hello" | "hello-answer" | "join" | "membership" | "manifest";

/** Anything that signs under a key id: a node's identity, or its gateway's key. */
export interface Signer {
  readonly keyId: string;
  readonly signKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** The bytes that are signed: the purpose, a zero byte, then canonical JSON. */
export function signedBytes(purpose: Purpose, body: unknown): Uint8Array {
  return Buffer.concat([Buffer.from(`yizhan/${purpose}/v1\0`), canonicalBytes(body)]);
}

export function signatureOf(signer: Signer, purpose: Purpose, body: unknown): string {
  return toBase64(signer.sign(signedBytes(purpose, body)));
}

export function signatureFits(signKey: Uint8Array, purpose: Purpose, body: unknown, signature: string): boolean {
  return verify(signKey, signedBytes(purpose, body), fromBase64(signature));
}

/** `body` with `keyId` and `signature` added. */
export function signed<T extends object>(signer: Signer, purpose: Purpose, body: T): T & { keyId: string; signature: string } {
  const whole = { ...body, keyId: signer.keyId };
  return { ...whole, signature: signatureOf(signer, purpose, whole) };
}

/** Checks shape and signature of a message made by {@link signed}. Throws `malformed`, `signature-wrong`. */
export function checkSigned<T extends { keyId: string; signature: string }>(
  schema: z.ZodType<T>,
  purpose: Purpose,
  message: unknown,
  signKey: Uint8Array,
): T {
  const parsed = parseShape(schema, message);
  const { signature, ...body } = parsed;
  if (!signatureFits(signKey, purpose, body, signature)) {
    throw new FederationError("signature-wrong", `the signature of a ${purpose} message does not fit its sender's key`);
  }
  return parsed;
}

/** Throws `malformed`, without quoting what was wrong. */
export function parseShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => issue.path.join(".") || "(whole)").slice(0, 5);
  throw new FederationError("malformed", `a message of the wrong shape (${[...new Set(fields)].join(", ")})`);
}
