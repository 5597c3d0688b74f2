import { BindingWriter } from "../binding.ts";
import { keyBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import { randomBytes } from "../random.ts";
import { rootId } from "../roots.ts";
import { sodium } from "../sodium.ts";
import type { KeyBytes } from "../types.ts";
import { newFileKey } from "./chunk.ts";
import { openFile } from "./open-file.ts";
import { type Pieces, sealFile } from "./seal-file.ts";

/** What a root-sealed file is bound to. */
export interface RootFilePlace {
  /** ISO 3166 code, upper case. */
  readonly country: string;
  /** What the file is, so that one kind cannot stand in for another: `key-store`, `tombstones`. */
  readonly purpose: string;
}

/**
 * Seals a stream for whoever holds the country root and nothing else: copies of the key store, which cannot be
 * sealed with a key that lies in it. The format is a sealed file's; its key is derived from the root
 * (`crypto_kdf`, context `yzrootfl`) and its header's key version is the root's number.
 */
export function sealRootFile(root: KeyBytes, place: RootFilePlace, source: Pieces): AsyncGenerator<Uint8Array, void> {
  const key = fileKey(root);
  return sealFile(newFileKey(rootId(root), key, bind(place), randomBytes(24)), source);
}

/**
 * Opens what {@link sealRootFile} sealed; every piece it yields is verified. Throws `wrong-root` for another
 * root's file, `sealed-mismatch` for another country's or purpose's, `sealed-tampered`, `file-truncated`.
 */
export function openRootFile(root: KeyBytes, place: RootFilePlace, sealed: Pieces): AsyncGenerator<Uint8Array, void> {
  const keyFor = (version: number) => {
    if (version !== rootId(root)) throw new VaultError("wrong-root");
    return fileKey(root);
  };
  return openFile(keyFor, bind(place), sealed);
}

function fileKey(root: KeyBytes): KeyBytes {
  return keyBytes(sodium.crypto_kdf_derive_from_key(32, 1, "yzrootfl", root));
}

function bind(place: RootFilePlace): Uint8Array {
  return new BindingWriter(160).name("root-file").name(place.country).name(place.purpose).done();
}
