import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeIdentity } from "@yizhan/vault";
import { describe, expect, it } from "vitest";
import { certify, checkCertificate, type Destruction } from "./certificate.ts";
import { openHandover, type Recipient, sealHandover } from "./seal.ts";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

async function sealed(recipient: Recipient): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "yizhan-handover-")), "MZ.handover");
  async function* pieces() {
    yield Buffer.from("what a station ");
    yield Buffer.from("holds");
  }
  await writeFile(path, sealHandover("MZ", recipient, pieces()));
  return path;
}

const opened = async (...[path, opener]: Parameters<typeof openHandover>) =>
  Buffer.concat(await all(openHandover(path, opener))).toString();

describe("a handover archive", () => {
  it("is opened with its passphrase and no other", async () => {
    const path = await sealed({ kind: "passphrase", passphrase: "those who take over" });
    expect(await opened(path, { passphrase: "those who take over" })).toBe("what a station holds");
    await expect(opened(path, { passphrase: "somebody else" })).rejects.toMatchObject({ code: "passphrase-wrong" });
  });

  it("is opened by whom it was sealed for", async () => {
    const heir = makeIdentity("MZ");
    const { node, keyId, signKey, boxKey } = heir;
    const path = await sealed({ kind: "recipient", identity: { node, keyId, signKey: base64(signKey), boxKey: base64(boxKey) } });
    expect(await opened(path, { identity: heir })).toBe("what a station holds");
    await expect(opened(path, { identity: makeIdentity("MZ") })).rejects.toMatchObject({ code: "not-for-us" });
  });

  it("gives nothing out when a byte of it was changed", async () => {
    const path = await sealed({ kind: "passphrase", passphrase: "those who take over" });
    const bytes = await readFile(path);
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(opened(path, { passphrase: "those who take over" })).rejects.toMatchObject({ code: "archive-altered" });
  });

  it("is not sealed for keys that do not belong together", async () => {
    const [one, other] = [makeIdentity("MZ"), makeIdentity("MZ")];
    const identity = { node: "MZ", keyId: one.keyId, signKey: base64(one.signKey), boxKey: base64(other.boxKey) };
    await expect(sealed({ kind: "recipient", identity })).rejects.toMatchObject({ code: "recipient-invalid" });
  });
});

it("a certificate of destruction holds for the host's own key, word for word", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  const body: Destruction = {
    what: "yizhan-destruction",
    format: 1,
    country: "MZ",
    at: "2026-11-23T00:00:00.000Z",
    version: "0.1.0",
    keys: [{ name: "root", commitment: "00" }],
    databases: ["yizhan"],
    statement: "gone",
  };
  const certificate = certify(body, privateKey, key);
  expect(checkCertificate(certificate, key)).toEqual(body);
  expect(checkCertificate({ ...certificate, body: { ...body, keys: [] } }, key)).toBeUndefined();
  expect(checkCertificate(certificate, base64(new Uint8Array(32)))).toBeUndefined();
});

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}
