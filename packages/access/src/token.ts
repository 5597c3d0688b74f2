import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** A bearer secret and what is stored of it: its SHA-256, which is enough for 32 random bytes. */
export interface NewToken {
  readonly secret: string;
  readonly hash: Uint8Array;
}

/** A session's secret: 32 random bytes, base64url, for a cookie. */
export function makeSessionToken(): NewToken {
  return withHash(randomBytes(32).toString("base64url"));
}

/** An application token: `yz_` and 32 random bytes, base64url. The prefix lets secret scanners see it. */
export function makeApplicationToken(): NewToken {
  return withHash(`yz_${randomBytes(32).toString("base64url")}`);
}

/** SHA-256 of a presented secret, to look it up by; `undefined` where it cannot be one of ours. */
export function hashToken(presented: string): Uint8Array | undefined {
  return /^(yz_)?[A-Za-z0-9_-]{43}$/.test(presented) ? digest(presented) : undefined;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function withHash(secret: string): NewToken {
  return { secret, hash: digest(secret) };
}

function digest(text: string): Uint8Array {
  return new Uint8Array(hash("sha256", text, "buffer"));
}
