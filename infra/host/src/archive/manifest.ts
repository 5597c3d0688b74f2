import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { HostError } from "../errors.ts";
import { roleSchema } from "../role.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const partSchema = z.strictObject({
  /**
   * `node` (gzip), `installer` (tar.gz), `bundle` (JSON), `tree` (tar.zst, laid over the release's folder), `index`
   * (the Packages file of the Debian packages), `package` (.deb), `model` (tar of the model's folder).
   */
  kind: z.enum(["node", "installer", "bundle", "tree", "index", "package", "model"]),
  /** A model's id, a .deb's file name, a tree's name: a plain name, for it becomes a path. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+~_%:@-]*$/),
  sha256,
  size: z.number().int().nonnegative(),
});
export type Part = z.infer<typeof partSchema>;
export type PartKind = Part["kind"];

const manifestSchema = z.strictObject({
  format: z.literal(1),
  country: z.string().regex(/^[A-Z]{2}$/),
  role: roleSchema,
  /** Of the release: names its folder on the host. */
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]*$/),
  /** Grows with every archive of a country; a lower one is never installed over a higher. */
  sequence: z.number().int().positive(),
  /** ISO 8601. A host whose clock is before it has a wrong clock. */
  madeAt: z.iso.datetime(),
  requires: z.strictObject({
    architecture: z.enum(["amd64", "arm64"]),
    /** Debian's code name. */
    suite: z.string(),
    /** Names of /proc/cpuinfo's flags that the native parts were built for. */
    processor: z.array(z.string()),
    memoryMiB: z.number().int().positive(),
    diskMiB: z.number().int().positive(),
  }),
  parts: z.array(partSchema).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;

const signatureSchema = z.strictObject({
  /** Ed25519, raw 32 bytes, base64. */
  publicKey: z.base64(),
  signature: z.base64(),
});

const label = "yizhan archive v1\n";
const signed = (manifest: Uint8Array): Buffer => Buffer.concat([Buffer.from(label), manifest]);

/** The manifest's bytes as they are signed and carried. */
export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifestSchema.parse(manifest), null, 1)}\n`);
}

/** `manifest.sig`. The key is an Ed25519 private key. */
export function signManifest(manifest: Uint8Array, key: KeyObject): Buffer {
  const publicKey = createPublicKey(key).export({ format: "jwk" }).x;
  if (publicKey === undefined) throw new TypeError("an Ed25519 key was expected");
  return Buffer.from(
    `${JSON.stringify({
      publicKey: Buffer.from(publicKey, "base64url").toString("base64"),
      signature: sign(null, signed(manifest), key).toString("base64"),
    })}\n`,
  );
}

export interface VerifiedManifest {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes: names this archive. */
  readonly id: string;
  readonly fingerprint: string;
}

/**
 * Reads a manifest only after its signature held. Whose key it is the caller compares with the one it knows.
 * Throws `archive-unsigned`, `archive-altered`.
 */
export function openManifest(bytes: Uint8Array, signature: Uint8Array | undefined): VerifiedManifest {
  if (signature === undefined || signature.length === 0) throw new HostError("archive-unsigned", "The archive has no signature.");
  const parsed = signatureSchema.safeParse(parseJson(signature));
  if (!parsed.success) throw new HostError("archive-unsigned", "The archive's signature cannot be read.");
  const raw = Buffer.from(parsed.data.publicKey, "base64");
  if (raw.length !== 32) throw new HostError("archive-unsigned", "The archive's signature holds no Ed25519 key.");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  if (!verify(null, signed(bytes), key, Buffer.from(parsed.data.signature, "base64")))
    throw new HostError("archive-altered", "The manifest is not what was signed.");
  const manifest = manifestSchema.safeParse(parseJson(bytes));
  if (!manifest.success)
    throw new HostError("archive-unreadable", `The manifest has another form: ${z.prettifyError(manifest.error)}`);
  return { manifest: manifest.data, id: createHash("sha256").update(bytes).digest("hex"), fingerprint: signerFingerprint(raw) };
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What two people read to one another: 160 bits of a signing key as eight groups of four Crockford base-32 signs. */
export function signerFingerprint(publicKey: Uint8Array): string {
  const digest = createHash("sha256").update("yizhan signing key\n").update(publicKey).digest();
  let value = 0n;
  for (const byte of digest.subarray(0, 20)) value = (value << 8n) | BigInt(byte);
  const signs = Array.from({ length: 32 }, (_, at) => crockford[Number((value >> BigInt((31 - at) * 5)) & 31n)] ?? "");
  return Array.from({ length: 8 }, (_, group) => signs.slice(group * 4, group * 4 + 4).join("")).join("-");
}

/** As people type it: any case, with or without dashes, O for 0, I and L for 1. */
export function sameFingerprint(one: string, other: string): boolean {
  const plain = (text: string) => text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return plain(one) === plain(other);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
