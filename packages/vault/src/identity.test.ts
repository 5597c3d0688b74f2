import { expect, test } from "vitest";
import { fingerprint, identityFromSecret, identityToSecret, makeIdentity, publicIdentity, sealTo, verify } from "./index.ts";

const message = new TextEncoder().encode("case opened");

test("an identity signs, and its secret brings it back", () => {
  const identity = makeIdentity("MZ");
  const again = identityFromSecret(identityToSecret(identity));
  expect(publicIdentity(again)).toEqual(publicIdentity(identity));
  expect(verify(identity.signKey, message, again.sign(message))).toBe(true);
  expect(verify(identity.signKey, new Uint8Array(3), again.sign(message))).toBe(false);
  expect(verify(makeIdentity("MZ").signKey, message, again.sign(message))).toBe(false);
  expect(verify(identity.signKey, message, new Uint8Array(3))).toBe(false);
});

test("what is sealed to an identity opens for it alone", () => {
  const identity = makeIdentity("CN");
  const sealed = sealTo(identity.boxKey, message);
  expect(identity.openSealed(sealed)).toEqual(message);
  expect(() => makeIdentity("CN").openSealed(sealed)).toThrow(expect.objectContaining({ code: "not-for-us" }));
  expect(() => identity.openSealed(sealed.subarray(1))).toThrow(expect.objectContaining({ code: "not-for-us" }));
});

test("a fingerprint is eight groups of four and tells nodes and keys apart", () => {
  const identity = makeIdentity("MZ");
  expect(fingerprint(identity)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(fingerprint({ ...identity, node: "GQ" })).not.toBe(fingerprint(identity));
  expect(fingerprint(makeIdentity("MZ"))).not.toBe(fingerprint(identity));
});

test("a public identity whose parts do not belong together is refused", () => {
  const identity = makeIdentity("MZ");
  const other = makeIdentity("MZ");
  const invalid = expect.objectContaining({ code: "identity-invalid" });
  expect(() => publicIdentity({ ...identity, node: "GQ" })).toThrow(invalid);
  expect(() => publicIdentity({ ...identity, boxKey: other.boxKey })).toThrow(invalid);
  expect(() => publicIdentity({ ...identity, ...(other.kem && { kem: other.kem }) })).toThrow(invalid);
  expect(() => makeIdentity("Moz")).toThrow(invalid);
  expect(() => identityFromSecret(new Uint8Array(35))).toThrow(invalid);
});

test("a printed identity holds no secret", () => {
  const identity = makeIdentity("MZ");
  const seed = Buffer.from(identityToSecret(identity)).subarray(3);
  expect(JSON.stringify(identity)).not.toContain([...seed].join(","));
  expect(Object.keys(identity).sort()).toEqual(["boxKey", "kem", "keyId", "node", "openSealed", "sign", "signKey"]);
});
