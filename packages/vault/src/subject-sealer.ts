import { bindContext } from "./binding.ts";
import { VaultError } from "./errors.ts";
import type { KeySet } from "./key-set.ts";
import { algorithms, magics, openText, readHeader, sealText } from "./seal.ts";
import { assertBytes } from "./bytes.ts";
import { newFileKey } from "./files/chunk.ts";
import { randomBytes } from "./random.ts";
import { type Pieces, sealFile } from "./files/seal-file.ts";
import { openFile } from "./files/open-file.ts";
import { openFileAt } from "./files/open-file-at.ts";
import type { OpenFile, SealContext, SealedFileSource, SubjectSealer } from "./types.ts";

/** Seals and opens one subject's values, synchronously, with keys that are loaded already. */
export class KeySetSealer implements SubjectSealer {
  readonly #country: string;
  readonly #keys: KeySet;

  constructor(country: string, keys: KeySet) {
    this.#country = country;
    this.#keys = keys;
  }

  get subject(): string {
    return this.#keys.subject;
  }

  get keyVersion(): number {
    return this.#keys.primaryVersion;
  }

  get pseudonym(): string {
    return this.#keys.pseudonym;
  }

  seal(context: SealContext, plaintext: Uint8Array): Uint8Array {
    assertBytes(plaintext);
    const keyVersion = this.#keys.primaryVersion;
    const header = { magic: magics.value, algorithm: algorithms.xchacha20poly1305, flags: 0, keyVersion };
    return sealText(header, this.#keys.key(keyVersion), this.#bind(context), plaintext);
  }

  open(context: SealContext, sealed: Uint8Array): Uint8Array {
    const { keyVersion } = readHeader(sealed, magics.value, algorithms.xchacha20poly1305);
    return openText(this.#keys.key(keyVersion), this.#bind(context), sealed);
  }

  reseal(context: SealContext, sealed: Uint8Array): Uint8Array | undefined {
    const { keyVersion } = readHeader(sealed, magics.value, algorithms.xchacha20poly1305);
    if (keyVersion === this.#keys.primaryVersion) return undefined;
    return this.seal(context, this.open(context, sealed));
  }

  sealFile(context: SealContext, source: Pieces): AsyncGenerator<Uint8Array, void> {
    const keyVersion = this.#keys.primaryVersion;
    return sealFile(newFileKey(keyVersion, this.#keys.key(keyVersion), this.#bind(context), randomBytes(24)), source);
  }

  openFile(context: SealContext, sealed: Pieces): AsyncGenerator<Uint8Array, void> {
    return openFile((version) => this.#keys.key(version), this.#bind(context), sealed);
  }

  openFileAt(context: SealContext, sealed: SealedFileSource): Promise<OpenFile> {
    return openFileAt((version) => this.#keys.key(version), this.#bind(context), sealed);
  }

  #bind(context: SealContext): Uint8Array {
    if (context.subject !== this.#keys.subject) throw new VaultError("context-invalid");
    return bindContext(this.#country, context);
  }
}
