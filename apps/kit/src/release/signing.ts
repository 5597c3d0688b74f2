import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { keyBytes, passphraseRoot, sealRootWithPassphrase, VaultError } from "@yizhan/vault";
import { signerFingerprint } from "@yizhan/host";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { makeFolder, readOrCreate } from "../local/data-folder.ts";

/** The key that signs a fleet's archives, and what people compare. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly fingerprint: string;
}

const fileSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    what: z.literal("yizhan-signing-key"),
    kind: z.literal("passphrase"),
    publicKey: z.string(),
    sealed: z.unknown(),
  }),
  z.strictObject({ what: z.literal("yizhan-signing-key"), kind: z.literal("open"), publicKey: z.string(), seed: z.string() }),
]);

export const signingKeyFile = (fleet: string): string => join(fleet, "keys", "signing.json");

/** No country's: the name that the passphrase is bound to. */
const name = "fleet";

/**
 * Opens the fleet's signing key, or makes it on first use: `<fleet>/keys/signing.json`, sealed with argon2id.
 * Without a passphrase a new key is refused unless `open` says that this is wanted. Throws `passphrase-needed`, `passphrase-wrong`.
 */
export async function signingKey(
  fleet: string,
  passphrase: string | undefined,
  options: { open?: boolean } = {},
): Promise<SigningKey> {
  const path = signingKeyFile(fleet);
  await makeFolder(join(fleet, "keys"));
  const fresh = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const made = await freshFile(fresh, passphrase, options.open === true);
  const text = await readOrCreate(path, () => {
    if (made === undefined) throw new KitError("passphrase-needed", { path });
    return `${JSON.stringify(made, null, 2)}\n`;
  });
  const parsed = fileSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new KitError("data-corrupt", { path });
  return fromSeed(await seedOf(parsed.data, passphrase, path));
}

/** The fingerprint of the fleet's key; its public half needs no passphrase. Throws `file-missing`. */
export async function pinnedFingerprint(fleet: string): Promise<string> {
  const path = signingKeyFile(fleet);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new KitError("file-missing", { path }, error);
  });
  const parsed = fileSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new KitError("data-corrupt", { path });
  return signerFingerprint(Buffer.from(parsed.data.publicKey, "base64url"));
}

async function freshFile(
  jwk: { readonly d?: string; readonly x?: string },
  passphrase: string | undefined,
  open: boolean,
): Promise<z.infer<typeof fileSchema> | undefined> {
  const { d, x } = jwk;
  if (d === undefined || x === undefined) throw new TypeError("an Ed25519 key was expected");
  const seed = new Uint8Array(Buffer.from(d, "base64url"));
  const shared = { what: "yizhan-signing-key" as const, publicKey: x };
  if (passphrase !== undefined)
    return { ...shared, kind: "passphrase", sealed: await sealRootWithPassphrase(keyBytes(seed), name, passphrase) };
  return open ? { ...shared, kind: "open", seed: d } : undefined;
}

async function seedOf(file: z.infer<typeof fileSchema>, passphrase: string | undefined, path: string): Promise<Uint8Array> {
  if (file.kind === "open") return Buffer.from(file.seed, "base64url");
  if (passphrase === undefined) throw new KitError("passphrase-needed", { path });
  try {
    return await passphraseRoot(file.sealed, name, passphrase);
  } catch (error) {
    if (error instanceof VaultError && error.code === "passphrase-wrong") throw new KitError("passphrase-wrong", { path }, error);
    throw error;
  }
}

/** PKCS#8 of an Ed25519 seed: RFC 8410, section 7. */
function fromSeed(seed: Uint8Array): SigningKey {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const x = createPublicKey(key).export({ format: "jwk" }).x ?? "";
  return { key, fingerprint: signerFingerprint(Buffer.from(x, "base64url")) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
