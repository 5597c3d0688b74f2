import { TOTP, Secret } from "otpauth";
import { expect, test } from "vitest";
import { guessLimiter } from "./guesses.ts";
import { hashToken, makeApplicationToken, makeSessionToken, sameBytes } from "./token.ts";
import { makeTotpSecret, totpAddress, verifyTotp } from "./totp.ts";

test("tokens are found again by their hash, and strangers are not hashed at all", () => {
  for (const token of [makeSessionToken(), makeApplicationToken()]) {
    const found = hashToken(token.secret);
    expect(found !== undefined && sameBytes(found, token.hash)).toBe(true);
    expect(token.secret).not.toBe(makeSessionToken().secret);
  }
  expect(makeApplicationToken().secret).toMatch(/^yz_/);
  for (const stranger of ["", "yz_short", "x".repeat(44), "x".repeat(1_000_000), `${"x".repeat(42)}\n`]) {
    expect(hashToken(stranger)).toBeUndefined();
  }
});

test("the codes of RFC 6238's appendix B are accepted (their last six digits)", () => {
  const secret = Secret.fromLatin1("12345678901234567890").base32;
  expect(verifyTotp(secret, "287082", 59_000)).toBe(1);
  expect(verifyTotp(secret, "081804", 1_111_111_109_000)).toBe(37_037_036);
  expect(verifyTotp(secret, "005924", 1_234_567_890_000)).toBe(41_152_263);
});

test("a code is good once, and within one step of now", () => {
  const secret = makeTotpSecret();
  const now = 1_800_000_000_000;
  const code = new TOTP({ secret: Secret.fromBase32(secret), algorithm: "SHA1", digits: 6, period: 30 }).generate({
    timestamp: now,
  });
  const step = verifyTotp(secret, code, now);
  expect(step).toBe(now / 30_000);
  expect(verifyTotp(secret, code, now + 30_000)).toBe(step);
  expect(verifyTotp(secret, code, now + 90_000)).toBeUndefined();
  expect(verifyTotp(secret, code, now, step)).toBeUndefined();
  for (const wrong of ["", "12345", "1234567", "abcdef"]) expect(verifyTotp(secret, wrong, now)).toBeUndefined();
  expect(totpAddress(secret, "Yizhan MZ", "Ana")).toContain("otpauth://totp/Yizhan%20MZ:Ana?");
});

test("guesses run out, come back with time, and a right one gives back itself only", () => {
  let now = 0;
  const limiter = guessLimiter({ limit: 3, windowMs: 1_000, keys: 2, now: () => now });
  expect([1, 2, 3, 4].map(() => limiter.spend("ana"))).toEqual([0, 0, 0, 1_000]);
  expect(limiter.spend("rui")).toBe(0);
  now = 999;
  expect(limiter.spend("ana")).toBe(1);
  now = 1_000;
  expect(limiter.spend("ana")).toBe(0);
  limiter.forgive("ana");
  limiter.forgive("nobody");
  expect([1, 2, 3, 4].map(() => limiter.spend("ana"))).toEqual([0, 0, 0, 1_000]);
});

test("a flood of keys drops the oldest and never grows", () => {
  const limiter = guessLimiter({ limit: 1, windowMs: 1_000, keys: 2, now: () => 0 });
  expect(limiter.spend("a")).toBe(0);
  expect(limiter.spend("a")).toBe(1_000);
  limiter.spend("b");
  limiter.spend("c");
  expect(limiter.spend("a")).toBe(0);
});
