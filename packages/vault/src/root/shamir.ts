import { combine, split } from "shamir-secret-sharing";
import { concat, keyBytes } from "../bytes.ts";
import { sha256 } from "../audit/merkle.ts";
import { VaultError } from "../errors.ts";
import { randomBytes } from "../random.ts";
import type { KeyBytes } from "../types.ts";
import { fromBase32, toBase32 } from "./base32.ts";
import { rootCommitment } from "./commitment.ts";

/** Kept in the open, as JSON: tells each share and the root from wrong ones before and after they are put together. */
export interface ShareSet {
  readonly scheme: "shamir-gf256";
  readonly country: string;
  /** 8 hexadecimal digits, also in every share. */
  readonly set: string;
  readonly threshold: number;
  /** SHA-256 of each share's text bytes, hexadecimal. A share is 33 bytes of which 32 are random. */
  readonly shareHashes: readonly string[];
  readonly commitment: string;
}

// A share: format 1 ‖ set 4 ‖ number 1 ‖ share 33 ‖ checksum 4.
const shareLength = 43;

/**
 * Splits a root into shares for people to keep apart (Shamir 1979, over GF(256)):
 * five, of which three give the root, unless told otherwise.
 */
export async function splitRoot(
  root: KeyBytes,
  country: string,
  options: { readonly shares: number; readonly threshold: number } = { shares: 5, threshold: 3 },
): Promise<{ readonly shares: readonly string[]; readonly set: ShareSet }> {
  const setId = randomBytes(4);
  const parts = await split(keyBytes(root), options.shares, options.threshold);
  const bodies = parts.map((part, at) => concat(Uint8Array.of(1), setId, Uint8Array.of(at + 1), part));
  return {
    shares: bodies.map((body) => toBase32(concat(body, sha256(body).subarray(0, 4)))),
    set: {
      scheme: "shamir-gf256",
      country,
      set: hex(setId),
      threshold: options.threshold,
      shareHashes: bodies.map((body) => hex(sha256(body))),
      commitment: rootCommitment(root, country),
    },
  };
}

/**
 * Whether one share, as typed, belongs to the set, and its number. Throws `share-invalid`: mistyped, changed,
 * or from another set. For telling a person at once, before the others come.
 */
export function checkShare(text: string, set: ShareSet): number {
  return readShare(text, set).number;
}

/**
 * The root from shares. Throws `share-invalid`, `shares-too-few` (the same share twice counts once),
 * `wrong-root` when they give another root than was split, `root-file-invalid`.
 */
export async function shamirRoot(set: unknown, shares: readonly string[]): Promise<KeyBytes> {
  if (!isShareSet(set)) throw new VaultError("root-file-invalid");
  const parts = new Map(shares.map((text) => readShare(text, set)).map(({ number, part }) => [number, part]));
  if (parts.size < set.threshold) throw new VaultError("shares-too-few");
  const root = keyBytes(await combine([...parts.values()]));
  if (rootCommitment(root, set.country) !== set.commitment) throw new VaultError("wrong-root");
  return root;
}

function readShare(text: string, set: ShareSet): { readonly number: number; readonly part: Uint8Array } {
  const bytes = fromBase32(text);
  if (bytes?.length !== shareLength) throw new VaultError("share-invalid");
  const body = bytes.subarray(0, -4);
  const number = body[5] ?? 0;
  // The checksum tells a slip of the fingers; the hash tells a share that was never dealt.
  const typed = hex(sha256(body).subarray(0, 4)) === hex(bytes.subarray(-4));
  if (!typed || body[0] !== 1 || hex(body.subarray(1, 5)) !== set.set) throw new VaultError("share-invalid");
  if (hex(sha256(body)) !== set.shareHashes[number - 1]) throw new VaultError("share-invalid");
  return { number, part: body.slice(6) };
}

function isShareSet(value: unknown): value is ShareSet {
  if (typeof value !== "object" || value === null) return false;
  const { scheme, country, set, threshold, shareHashes, commitment } = value as Record<keyof ShareSet, unknown>;
  const texts = [country, set, commitment].every((one) => typeof one === "string");
  const hashes = Array.isArray(shareHashes) && shareHashes.every((one) => typeof one === "string");
  return scheme === "shamir-gf256" && texts && hashes && Number.isInteger(threshold) && Number(threshold) >= 2;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
