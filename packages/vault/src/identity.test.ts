import { createHash, createPublicKey, diffieHellman, encapsulate, generateKeyPairSync } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import { decapsulate } from "./identity.ts";
import { fingerprint, identityFromSecret, identityToSecret, makeIdentity, publicIdentity, sealTo, verify } from "./index.ts";

const message = new TextEncoder().encode("case opened");

test("an identity signs, and its secret brings it back", () => {
  const identity = makeIdentity("MZ");
  const again = identityFromSecret(identityToSecret(identity));
  expect(publicIdentity(again)).toEqual(publicIdentity(identity));
  expect(verify(identity.signKey, message, again.sign(message))).toBe(true);
  expect(ed25519.verify(again.sign(message), message, identity.signKey)).toBe(true);
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

test("X-Wing is what its draft describes, put together from Node's ML-KEM-768, X25519 and SHA3", () => {
  // draft-connolly-cfrg-xwing-kem: SHA3-256(ML-KEM secret ‖ X25519 secret ‖ X25519 ciphertext ‖ X25519 key ‖ label).
  const identity = makeIdentity("MZ");
  const key = identity.kem?.key ?? new Uint8Array(0);
  const publicKey = (prefix: string, raw: Uint8Array): ReturnType<typeof createPublicKey> =>
    createPublicKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), raw]), format: "der", type: "spki" });
  const lattice = encapsulate(publicKey("308204b2300b0609608648016503040402038204a100", key.subarray(0, 1184)));
  const ephemeral = generateKeyPairSync("x25519");
  const theirs = publicKey("302a300506032b656e032100", key.subarray(1184));
  const curve = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: theirs });
  const sent = ephemeral.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const secret = createHash("sha3-256");
  for (const part of [lattice.sharedKey, curve, sent, key.subarray(1184), Buffer.from("5c2e2f2f5e5c", "hex")])
    secret.update(part);
  const received = decapsulate(identity, new Uint8Array(Buffer.concat([lattice.ciphertext, sent])));
  expect(Buffer.from(received).toString("hex")).toBe(secret.digest("hex"));
});
