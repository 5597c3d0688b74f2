import { createHmac, randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  checkShare,
  type KeyService,
  kmsRoot,
  makeRoot,
  passphraseRoot,
  readRootKey,
  sealRootWithKms,
  sealRootWithPassphrase,
  shamirRoot,
  splitRoot,
  writeSecretFile,
} from "../index.ts";
import { fromBase32, toBase32 } from "./base32.ts";

const cheap = { memory: 19_456, passes: 2, parallelism: 1 };
const country = "MZ";
const kms = { kind: "kms", region: "af-south-1", keyId: "alias/none" } as const;
const root = makeRoot();
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "vault-root-"));
});
afterAll(() => rm(directory, { recursive: true }));

const path = (name: string): string => join(directory, name);
const json = (name: string, value: unknown): Promise<void> => writeFile(path(name), JSON.stringify(value));

describe("a root in a file", () => {
  test("is read when only its owner can read it", async () => {
    await writeSecretFile(path("root.key"), Buffer.from(root).toString("hex"));
    const config = { kind: "file", path: path("root.key") } as const;
    expect(await readRootKey(config, { country })).toEqual(root);
    await expect(writeSecretFile(path("root.key"), "again")).rejects.toMatchObject({ code: "EEXIST" });
    await chmod(path("root.key"), 0o640);
    await expect(readRootKey(config, { country })).rejects.toMatchObject({ code: "root-file-open-to-others" });
    await expect(readRootKey({ kind: "file", path: path("none") }, { country })).rejects.toMatchObject({
      code: "root-file-missing",
    });
    await writeSecretFile(path("short.key"), "abcd");
    await expect(readRootKey({ kind: "file", path: path("short.key") }, { country })).rejects.toMatchObject({
      code: "root-file-invalid",
    });
  });
});

describe("a passphrase", () => {
  test("unseals the root however its letters were composed, and another does not", async () => {
    const parameters = await sealRootWithPassphrase(root, country, "três cavalos à porta", cheap);
    await json("parameters.json", parameters);
    await writeSecretFile(path("passphrase"), "três cavalos à porta".normalize("NFD"));
    const config = { kind: "passphrase", path: path("passphrase"), parametersPath: path("parameters.json") } as const;
    expect(await readRootKey(config, { country })).toEqual(root);
    await expect(passphraseRoot(parameters, country, "tres cavalos")).rejects.toMatchObject({ code: "passphrase-wrong" });
    await expect(passphraseRoot(parameters, "GQ", "três cavalos à porta")).rejects.toMatchObject({ code: "passphrase-wrong" });
    await expect(passphraseRoot(parameters, country, "")).rejects.toMatchObject({ code: "passphrase-wrong" });
    await expect(passphraseRoot({ ...parameters, passes: 1 }, country, "x")).rejects.toMatchObject({
      code: "passphrase-cost-invalid",
    });
    await expect(passphraseRoot({ ...parameters, passes: 3 }, country, "três cavalos à porta")).rejects.toMatchObject({
      code: "passphrase-wrong",
    });
    await expect(passphraseRoot({ kdf: "none" }, country, "x")).rejects.toMatchObject({ code: "root-file-invalid" });
  });
});

describe("shares", () => {
  test("give the root by any three of five, typed in any case, and by no two", async () => {
    const { shares, set } = await splitRoot(root, country);
    await json("set.json", set);
    for (const pick of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 3, 4],
      [0, 1, 2, 3, 4],
    ]) {
      const typed = pick.map((at) => shares[at]?.toLowerCase().replaceAll("-", " ") ?? "");
      expect(await shamirRoot(set, typed)).toEqual(root);
    }
    const paths = [0, 2, 4].map((at) => path(`share-${at}`));
    for (const [at, file] of paths.entries()) await writeSecretFile(file, shares[at * 2] ?? "");
    expect(await readRootKey({ kind: "shares", paths, setPath: path("set.json") }, { country })).toEqual(root);
    const [first = "", second = "", third = ""] = shares;
    await expect(shamirRoot(set, [first, second])).rejects.toMatchObject({ code: "shares-too-few" });
    await expect(shamirRoot(set, [first, second, second])).rejects.toMatchObject({ code: "shares-too-few" });
    expect([first, second, third].map((share) => checkShare(share, set))).toEqual([1, 2, 3]);
    expect(await readFile(path("set.json"), "utf8")).not.toContain(Buffer.from(root).toString("hex"));
  });

  test("that are mistyped, made up or of another set are told apart before anything is put together", async () => {
    const { shares, set } = await splitRoot(root, country);
    const other = await splitRoot(root, country);
    const [first = "", second = "", third = ""] = shares;
    const invalid = { code: "share-invalid" };
    for (const wrong of [
      third.replace(/.$/, (sign) => (sign === "0" ? "4" : "0")),
      other.shares[2] ?? "",
      "",
      "U",
      third.slice(5),
    ]) {
      await expect(shamirRoot(set, [first, second, wrong])).rejects.toMatchObject(invalid);
    }
    const forged = { ...set, commitment: "00" };
    await expect(shamirRoot(forged, [first, second, third])).rejects.toMatchObject({ code: "wrong-root" });
    await expect(shamirRoot({}, [first])).rejects.toMatchObject({ code: "root-file-invalid" });
  });

  test("are written in signs that give back the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(Buffer.compare(fromBase32(toBase32(bytes)) ?? new Uint8Array(1), bytes)).toBe(0);
      }),
    );
    expect(fromBase32("o1-iL")).toEqual(fromBase32("0111"));
  });
});

describe("a key management service", () => {
  test("unseals the root over HTTP with the country as context, and not for another country", async () => {
    const secret = randomBytes(32);
    const mask = (context: string): Buffer => createHmac("sha256", secret).update(context).digest();
    // Seals by a mask that depends on the context, as a service with authenticated contexts seals.
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { bytes, context } = JSON.parse(Buffer.concat(parts).toString()) as { bytes: string; context: string };
        const masked = Buffer.from(bytes, "base64").map((byte, at) => byte ^ (mask(context)[at] ?? 0));
        if (request.url === "/broken") response.writeHead(400).end("AccessDenied for arn:secret");
        else response.end(Buffer.from(masked).toString("base64"));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const call = async (path: string, bytes: Uint8Array, context: unknown): Promise<Uint8Array> => {
      const body = JSON.stringify({ bytes: Buffer.from(bytes).toString("base64"), context: JSON.stringify(context) });
      const answer = await fetch(base + path, { method: "POST", body });
      if (!answer.ok) throw new Error(await answer.text());
      return new Uint8Array(Buffer.from(await answer.text(), "base64"));
    };
    const service: KeyService = {
      encrypt: (bytes, context) => call("/", bytes, context),
      decrypt: (bytes, context) => call("/", bytes, context),
    };
    try {
      const sealed = await sealRootWithKms(root, country, service);
      await json("kms.json", sealed);
      expect(await readRootKey({ ...kms, path: path("kms.json") }, { country, keyService: service })).toEqual(root);
      await expect(kmsRoot({ ...sealed, country: "GQ" }, service)).rejects.toMatchObject({ code: "wrong-root" });
      const broken = { ...service, decrypt: (bytes: Uint8Array, context: unknown) => call("/broken", bytes, context) };
      const refusal = await kmsRoot(sealed, broken).catch((error: Error) => error);
      expect(refusal).toMatchObject({ code: "kms-refused" });
      expect(JSON.stringify(refusal) + String(refusal)).not.toContain("arn");
      await expect(kmsRoot(null, service)).rejects.toMatchObject({ code: "root-file-invalid" });
      const alone = { ...kms, path: path("kms.json"), credentials: path("none") };
      await expect(readRootKey(alone, { country })).rejects.toMatchObject({ code: "aws-credentials-missing" });
      await expect(readRootKey(alone, { country: "GQ" })).rejects.toMatchObject({ code: "wrong-root" });
    } finally {
      server.close();
    }
  });
});
