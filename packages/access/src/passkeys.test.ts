import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { expect, test } from "vitest";
import { newPasskeyOptions, type Passkey, passkeyOptions, verifyNewPasskey, verifyPasskey } from "./passkeys.ts";

const site = { origin: "https://station.example", name: "Yizhan MZ" };
const account = { id: "a-1", name: "Ana" };
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest();

/** An authenticator in software: ES256, attestation "none". Source of the byte layout: WebAuthn Level 3, 6.1 and 6.5. */
function authenticator(origin = site.origin) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = randomBytes(16);
  const coordinate = (text: string) => Buffer.from(text, "base64url");
  const cose = Buffer.concat([
    Buffer.from("a5010203262001215820", "hex"),
    coordinate(x),
    Buffer.from("225820", "hex"),
    coordinate(y),
  ]);
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const head = (flags: number, counter: number) => {
    const bytes = Buffer.alloc(37);
    sha256(new URL(origin).hostname).copy(bytes);
    bytes[32] = flags;
    bytes.writeUInt32BE(counter, 33);
    return bytes;
  };
  const answer = (response: object) => ({
    id: id.toString("base64url"),
    rawId: id.toString("base64url"),
    type: "public-key",
    clientExtensionResults: {},
    response,
  });
  return {
    create(challenge: string) {
      const data = Buffer.concat([head(0x45, 0), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const attestation = Buffer.concat([
        Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746158", "hex"),
        Buffer.from([data.length]),
        data,
      ]);
      return answer({
        clientDataJSON: clientData("webauthn.create", challenge).toString("base64url"),
        attestationObject: attestation.toString("base64url"),
      });
    },
    get(challenge: string, counter: number, flags = 0x05) {
      const client = clientData("webauthn.get", challenge);
      const data = head(flags, counter);
      return answer({
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: sign("sha256", Buffer.concat([data, sha256(client)]), privateKey).toString("base64url"),
      });
    },
  };
}

async function enrolled() {
  const device = authenticator();
  const { challenge } = await newPasskeyOptions(site, account, []);
  const passkey = await verifyNewPasskey(site, challenge, device.create(challenge));
  if (passkey === undefined) throw new Error("the passkey was refused");
  return { device, passkey };
}

test("a passkey is made and opens, and its count goes on", async () => {
  const { device, passkey } = await enrolled();
  const { challenge } = await passkeyOptions(site, [passkey]);
  const used = await verifyPasskey(site, challenge, passkey, device.get(challenge, 1));
  expect(used).toEqual({ ...passkey, counter: 1 });
});

test("another challenge, site, device, a copied passkey or an absent person is refused", async () => {
  const { device, passkey } = await enrolled();
  const { challenge } = await passkeyOptions(site, [passkey]);
  const verify = (response: unknown, key: Passkey = passkey) => verifyPasskey(site, challenge, key, response);
  expect(await verify(device.get("b3RoZXI", 1))).toBeUndefined();
  expect(await verify(authenticator().get(challenge, 1))).toBeUndefined();
  expect(await verify(device.get(challenge, 4), { ...passkey, counter: 5 })).toBeUndefined();
  expect(await verify(device.get(challenge, 1, 0x01))).toBeUndefined();
  for (const nonsense of [undefined, null, {}, "x", { id: passkey.id, response: {} }])
    expect(await verify(nonsense)).toBeUndefined();
  const elsewhere = authenticator("https://station.example.evil");
  expect(await verifyNewPasskey(site, challenge, elsewhere.create(challenge))).toBeUndefined();
});
