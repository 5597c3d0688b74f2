import { Secret, TOTP } from "otpauth";

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 seconds. */
function totp(secret: string, issuer: string, account: string): TOTP {
  return new TOTP({ issuer, label: account, algorithm: "SHA1", digits: 6, period: 30, secret: Secret.fromBase32(secret) });
}

/** A new secret, 20 random bytes in base 32. */
export function makeTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The `otpauth://` address an authenticator app reads from a QR code. */
export function totpAddress(secret: string, issuer: string, account: string): string {
  return totp(secret, issuer, account).toString();
}

/**
 * Checks a code against the step of `now` (epoch milliseconds) and one on either side. Gives the step
 * that matched, to be stored as `lastStep`: a code is good once, so steps up to `lastStep` are refused.
 */
export function verifyTotp(secret: string, code: string, now: number, lastStep?: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totp(secret, "", "").validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return undefined;
  const step = Math.floor(now / 30_000) + delta;
  return lastStep !== undefined && step <= lastStep ? undefined : step;
}
