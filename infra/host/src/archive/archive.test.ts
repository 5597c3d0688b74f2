import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Manifest, manifestBytes, openManifest, sameFingerprint, signManifest } from "./manifest.ts";
import { checkedPart, openArchive } from "./parts.ts";
import { indexTar, type TarEntry, writeTar } from "./tar.ts";

const text = (path: string, content: string, mode = 0o644): TarEntry => {
  const bytes = Buffer.from(content);
  return { path, mode, size: bytes.length, content: [bytes] };
};

async function tarOf(entries: readonly TarEntry[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "yizhan-tar-")), "a.tar");
  await writeFile(path, writeTar(entries));
  return path;
}

describe("a tar", () => {
  const long = `${"deep/".repeat(40)}file`;

  it("is read by Debian's own, long names and links too", async () => {
    const path = await tarOf([text("a", "one", 0o755), text(long, "two"), { path: "link", link: long }]);
    const { stdout } = await promisify(execFile)("tar", ["-tvf", path]);
    expect(stdout).toContain(` ${long}\n`);
    expect(stdout).toContain(`link -> ${long}`);
    expect(stdout).toMatch(/^-rwxr-xr-x 0\/0|^-rwxr-xr-x root\/root/);
    const content = await promisify(execFile)("tar", ["-xOf", path, long]);
    expect(content.stdout).toBe("two");
  });

  it("is the same bytes for the same content", async () => {
    const entries = () => writeTar([text("a", "one"), text(long, "two")]);
    const collect = async () => Buffer.concat(await all(entries()));
    expect((await collect()).equals(await collect())).toBe(true);
  });

  it("refuses a file that shrinks while it is read", async () => {
    const lying: TarEntry = { path: "a", mode: 0o644, size: 9, content: [Buffer.from("short")] };
    await expect(tarOf([lying])).rejects.toThrow("a changed while it was read: 5 of 9 bytes");
  });

  it("is found not whole when it was cut short", async () => {
    const path = await tarOf([text("a", "one"), text("b", "x".repeat(5_000))]);
    expect((await indexTar(path))?.get("b")?.size).toBe(5_000);
    await truncate(path, 3_000);
    expect(await indexTar(path)).toBeUndefined();
  });
});

const manifest: Manifest = {
  format: 1,
  country: "MZ",
  role: "station",
  version: "0.1.0-abc",
  sequence: 7,
  madeAt: "2026-11-23T00:00:00.000Z",
  requires: { architecture: "amd64", suite: "bookworm", processor: ["avx2"], memoryMiB: 4096, diskMiB: 100 },
  parts: [{ kind: "bundle", name: "bundle", sha256: "a".repeat(64), size: 3 }],
};

describe("a manifest", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const bytes = manifestBytes(manifest);
  const signature = signManifest(bytes, privateKey);

  it("is opened with the fingerprint of who signed it", () => {
    const opened = openManifest(bytes, signature);
    expect(opened.manifest).toEqual(manifest);
    expect(opened.fingerprint).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it.each([
    ["altered", Buffer.from(bytes.toString().replace('"sequence": 7', '"sequence": 8')), signature, "archive-altered"],
    ["without a signature", bytes, undefined, "archive-unsigned"],
    ["with half a signature", bytes, signature.subarray(0, 40), "archive-unsigned"],
    ["signed by a key that is named but is not theirs", bytes, otherName(), "archive-altered"],
  ])("is refused %s", (_, content, given, code) => {
    expect(() => openManifest(content, given)).toThrow(expect.objectContaining({ code }));
  });

  function otherName(): Buffer {
    const other = JSON.parse(signManifest(bytes, generateKeyPairSync("ed25519").privateKey).toString()) as object;
    return Buffer.from(
      JSON.stringify({ ...(JSON.parse(signature.toString()) as object), publicKey: (other as { publicKey: string }).publicKey }),
    );
  }

  it("takes a fingerprint as people write it", () => {
    // Letters that look like digits are read as the digits they look like.
    expect(sameFingerprint("0aLO-1iIl", "oaio1111")).toBe(true);
    expect(sameFingerprint("AB01-CD", "AB02-CD")).toBe(false);
    expect(sameFingerprint("AB01-CD", "ab ol cd")).toBe(true);
  });
});

it("gives a part's last byte only when its sum is right", async () => {
  const sum = "a".repeat(64);
  const path = await tarOf([text("manifest.json", "{}"), text(`parts/${sum}`, "not that")]);
  const source = await openArchive(path);
  const part = { kind: "bundle", name: "bundle", sha256: sum, size: 8 } as const;
  await expect(all(checkedPart(source, part))).rejects.toMatchObject({ code: "archive-altered" });
});

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}
