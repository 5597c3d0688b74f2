import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import {
  fingerprint,
  type Identity,
  keyBytes,
  passphraseRoot,
  publicIdentity,
  sealRootWithPassphrase,
  sealTo,
  VaultError,
} from "@yizhan/vault";
import { z } from "zod";
import { HostError } from "../errors.ts";

/**
 * A handover archive: one line of JSON, then AES-256-GCM over the whole stream (its tag is the last 16 bytes), the line itself
 * bound as additional data. The key is new for each archive and sealed for whoever takes over.
 */
const headerSchema = z.strictObject({
  what: z.literal("yizhan-handover"),
  format: z.literal(1),
  country: z.string(),
  madeAt: z.string(),
  nonce: z.base64(),
  key: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("recipient"), fingerprint: z.string(), wrapped: z.base64() }),
    z.strictObject({ kind: z.literal("passphrase"), sealed: z.unknown() }),
  ]),
});
type Header = z.infer<typeof headerSchema>;

export type Recipient =
  | { readonly kind: "recipient"; readonly identity: unknown }
  | { readonly kind: "passphrase"; readonly passphrase: string };

const tagLength = 16;

/** Seals a stream for one recipient. */
export async function* sealHandover(
  country: string,
  recipient: Recipient,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const header: Header = {
    what: "yizhan-handover",
    format: 1,
    country,
    madeAt: new Date().toISOString(),
    nonce: nonce.toString("base64"),
    key: await sealKey(key, country, recipient),
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(line);
  yield line;
  for await (const piece of pieces) yield cipher.update(piece);
  yield cipher.final();
  yield cipher.getAuthTag();
  key.fill(0);
}

async function sealKey(key: Buffer, country: string, recipient: Recipient): Promise<Header["key"]> {
  if (recipient.kind === "passphrase") {
    const sealed = await sealRootWithPassphrase(keyBytes(new Uint8Array(key)), country, recipient.passphrase);
    return { kind: "passphrase", sealed };
  }
  const identity = readIdentity(recipient.identity);
  return {
    kind: "recipient",
    fingerprint: fingerprint(identity),
    wrapped: Buffer.from(sealTo(identity.boxKey, new Uint8Array(key))).toString("base64"),
  };
}

/** A public identity as `identity.json` has it. Throws `recipient-invalid`. */
export function readIdentity(json: unknown) {
  const parsed = z.object({ node: z.string(), keyId: z.string(), signKey: z.base64(), boxKey: z.base64() }).safeParse(json);
  if (!parsed.success) throw new HostError("recipient-invalid", "The recipient's file is no public identity.");
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
  try {
    return publicIdentity({ ...parsed.data, signKey: bytes(parsed.data.signKey), boxKey: bytes(parsed.data.boxKey) });
  } catch (error) {
    if (error instanceof VaultError)
      throw new HostError("recipient-invalid", "The recipient's keys do not belong together.", error);
    throw error;
  }
}

export type Opener = { readonly passphrase: string } | { readonly identity: Identity };

/**
 * The stream of a handover archive. All of it is checked before the first byte is given out. Throws `archive-altered`,
 * `archive-unreadable`, and what the vault throws for a wrong passphrase or key.
 */
export async function* openHandover(path: string, opener: Opener): AsyncGenerator<Uint8Array, void> {
  const { header, line, size } = await readHeader(path);
  const key = await openKey(header, opener);
  const file = await open(path, "r");
  const tag = Buffer.alloc(tagLength);
  await file.read(tag, 0, tagLength, size - tagLength);
  await file.close();
  const decipher = () => {
    const one = createDecipheriv("aes-256-gcm", key, Buffer.from(header.nonce, "base64"));
    one.setAAD(line);
    one.setAuthTag(tag);
    return one;
  };
  const body = () => createReadStream(path, { start: line.length, end: size - tagLength - 1, highWaterMark: 1 << 20 });
  const first = decipher();
  try {
    for await (const piece of body()) first.update(piece as Buffer);
    first.final();
  } catch (error) {
    throw new HostError("archive-altered", `${path} is not what was sealed.`, error);
  }
  const second = decipher();
  for await (const piece of body()) yield second.update(piece as Buffer);
}

async function readHeader(path: string): Promise<{ header: Header; line: Buffer; size: number }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(Math.min(size, 65_536));
    await file.read(start, 0, start.length, 0);
    const end = start.indexOf(10);
    const line = start.subarray(0, end + 1);
    const parsed = headerSchema.safeParse(end < 0 ? undefined : JSON.parse(line.toString("utf8")));
    if (!parsed.success || size < line.length + tagLength)
      throw new HostError("archive-unreadable", `${path} is no handover archive.`);
    return { header: parsed.data, line, size };
  } catch (error) {
    if (error instanceof SyntaxError) throw new HostError("archive-unreadable", `${path} is no handover archive.`, error);
    throw error;
  } finally {
    await file.close();
  }
}

async function openKey(header: Header, opener: Opener): Promise<Uint8Array> {
  if (header.key.kind === "passphrase" && "passphrase" in opener)
    return passphraseRoot(header.key.sealed, header.country, opener.passphrase);
  if (header.key.kind === "recipient" && "identity" in opener)
    return opener.identity.openSealed(new Uint8Array(Buffer.from(header.key.wrapped, "base64")));
  throw new HostError(
    "recipient-invalid",
    `This archive is sealed with a ${header.key.kind === "passphrase" ? "passphrase" : "key"}.`,
  );
}

/** The passphrase in a file, without the line's end. */
export async function passphraseIn(path: string): Promise<string> {
  const text = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
  if (text === "") throw new HostError("passphrase-missing", `${path} is empty.`);
  return text;
}
