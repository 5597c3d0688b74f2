import { argon2 } from "node:crypto";
import { promisify } from "node:util";
import { BindingWriter } from "../binding.ts";
import { keyBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import { randomBytes } from "../random.ts";
import { algorithms, magics, openBytes, readHeader, sealBytes } from "../seal.ts";
import type { KeyBytes } from "../types.ts";

/** What argon2id is asked to do. RFC 9106; the least that OWASP recommends is the least accepted here. */
export interface PassphraseCost {
  /** KiB: 19,456 to 4,194,304. */
  readonly memory: number;
  /** 1 to 100; at least 2 below 46 MiB. */
  readonly passes: number;
  /** Lanes: 1 to 16. */
  readonly parallelism: number;
}

/** Kept beside the data, as JSON: it is useless without the passphrase. Bytes are base64. */
export interface PassphraseParameters extends PassphraseCost {
  readonly kdf: "argon2id";
  readonly salt: string;
  /** The root, sealed with the key that the passphrase gives: a new passphrase needs no new root. */
  readonly sealed: string;
}

/** RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes. */
export const usualCost: PassphraseCost = { memory: 65_536, passes: 3, parallelism: 4 };

const derive = promisify(argon2);

/** Seals a root with a passphrase. Throws `passphrase-cost-invalid`, `passphrase-wrong` for an empty one. */
export async function sealRootWithPassphrase(
  root: KeyBytes,
  country: string,
  passphrase: string,
  cost: PassphraseCost = usualCost,
): Promise<PassphraseParameters> {
  const { memory, passes, parallelism } = cost;
  const salt = randomBytes(16);
  const key = await passphraseKey(passphrase, salt, cost);
  const header = { magic: magics.root, algorithm: algorithms.xchacha20poly1305, flags: 0, keyVersion: 0 };
  const sealed = sealBytes(header, key, bind(country, cost, salt), root);
  return {
    kdf: "argon2id",
    memory,
    passes,
    parallelism,
    salt: Buffer.from(salt).toString("base64"),
    sealed: Buffer.from(sealed).toString("base64"),
  };
}

/** Unseals the root. Throws `passphrase-wrong`, `passphrase-cost-invalid`, `root-file-invalid`. */
export async function passphraseRoot(parameters: unknown, country: string, passphrase: string): Promise<KeyBytes> {
  if (!isParameters(parameters)) throw new VaultError("root-file-invalid");
  const salt = new Uint8Array(Buffer.from(parameters.salt, "base64"));
  const sealed = new Uint8Array(Buffer.from(parameters.sealed, "base64"));
  readHeader(sealed, magics.root, algorithms.xchacha20poly1305);
  const key = await passphraseKey(passphrase, salt, parameters);
  try {
    return keyBytes(openBytes(key, bind(country, parameters, salt), sealed));
  } catch (error) {
    if (error instanceof VaultError && error.code === "sealed-mismatch") throw new VaultError("passphrase-wrong");
    throw error;
  }
}

async function passphraseKey(passphrase: string, salt: Uint8Array, cost: PassphraseCost): Promise<KeyBytes> {
  const { memory, passes, parallelism } = cost;
  const fits = isWhole(memory, 19_456, 4_194_304) && isWhole(passes, memory < 47_104 ? 2 : 1, 100) && isWhole(parallelism, 1, 16);
  if (!fits) throw new VaultError("passphrase-cost-invalid");
  // The same letters may be typed composed or decomposed, depending on the keyboard.
  const message = passphrase.normalize("NFKC");
  if (message === "") throw new VaultError("passphrase-wrong");
  return keyBytes(new Uint8Array(await derive("argon2id", { message, nonce: salt, memory, passes, parallelism, tagLength: 32 })));
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

// The cost is bound too: parameters that were changed afterwards do not open.
function bind(country: string, cost: PassphraseCost, salt: Uint8Array): Uint8Array {
  return new BindingWriter()
    .name("passphrase root")
    .name(country)
    .whole(cost.memory)
    .whole(cost.passes)
    .whole(cost.parallelism)
    .bytes(salt)
    .done();
}

function isParameters(value: unknown): value is PassphraseParameters {
  if (typeof value !== "object" || value === null) return false;
  const { kdf, memory, passes, parallelism, salt, sealed } = value as Record<keyof PassphraseParameters, unknown>;
  const numbers = [memory, passes, parallelism].every((one) => typeof one === "number");
  return kdf === "argon2id" && numbers && typeof salt === "string" && typeof sealed === "string";
}
