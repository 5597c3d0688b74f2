import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * What is kept of a case's one-time codes, sealed under the patient's key: salted hashes. The seal keeps a thief
 * from trying all codes; the hash keeps whoever may open the record from reading them.
 */
export interface AccessCodes {
  readonly current: CodeHash;
  /** The one that was spent last, while the answer that brought the next may have been lost. */
  readonly spent?: CodeHash & { readonly until: number };
}

interface CodeHash {
  /** 16 bytes, base64url, as is `hash` (32 bytes). */
  readonly salt: string;
  readonly hash: string;
}

/** Milliseconds for which a spent code is taken once more: a weak network loses answers. */
const spentCodeMs = 10 * 60_000;

export function hashCode(code: string): CodeHash {
  const salt = randomBytes(16).toString("base64url");
  return { salt, hash: digest(salt, code).toString("base64url") };
}

/** Whether `code` opens at `now` (epoch milliseconds). */
export function codeOpens(codes: AccessCodes, code: string, now: number): boolean {
  const current = matches(codes.current, code);
  return current || (codes.spent !== undefined && codes.spent.until > now && matches(codes.spent, code));
}

/** The codes after `code` was used and `next` given out: the used one is taken again for ten minutes, once begun. */
export function spendCode(codes: AccessCodes, code: string, next: string, now: number): AccessCodes {
  if (!matches(codes.current, code)) return { ...codes, current: hashCode(next) };
  return { current: hashCode(next), spent: { ...codes.current, until: now + spentCodeMs } };
}

function matches({ salt, hash }: CodeHash, code: string): boolean {
  return timingSafeEqual(digest(salt, code), Buffer.from(hash, "base64url"));
}

function digest(salt: string, code: string): Buffer {
  return createHash("sha256").update(`${salt}\n${code}`).digest();
}
