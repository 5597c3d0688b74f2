import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { keyBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import { randomBytes } from "../random.ts";
import type { KeyBytes } from "../types.ts";

/** A fresh country root: 32 random bytes. */
export function makeRoot(): KeyBytes {
  return keyBytes(randomBytes(32));
}

/**
 * Reads a file that only its owner may read, as text without the last line break. Throws
 * `root-file-missing`, `root-file-open-to-others`.
 */
export async function readSecretFile(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY);
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) throw new VaultError("root-file-open-to-others");
    return (await file.readFile("utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("root-file-missing");
  }
}

/** Writes a secret as a new file of mode 0600, flushed to disk. Fails with `EEXIST` rather than replace one. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(`${text}\n`);
  await file.sync();
}

/** Reads a root key that stands in a file as 64 hexadecimal digits. Throws `root-file-invalid` and what reading throws. */
export async function fileRoot(path: string): Promise<KeyBytes> {
  const text = await readSecretFile(path);
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new VaultError("root-file-invalid");
  return keyBytes(new Uint8Array(Buffer.from(text, "hex")));
}
