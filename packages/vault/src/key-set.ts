import { VaultError } from "./errors.ts";
import type { RootRing } from "./roots.ts";
import { sodium } from "./sodium.ts";
import type { KeyBytes, WrappedSubjectKey } from "./types.ts";

/** What must reach every sealer, also one whose keys left the cache: who was forgotten, and that it is over. */
export interface Gone {
  readonly forgotten: ReadonlySet<string>;
  readonly closed: boolean;
}

/** One subject's unwrapped keys. Sealers hold it, so that a refresh or a forgetting reaches them all. */
export class KeySet {
  readonly subject: string;
  #versions = new Map<number, KeyBytes>();
  #primaryVersion = 0;
  #pseudonym = "";
  readonly #gone: Gone;

  constructor(subject: string, gone: Gone) {
    this.subject = subject;
    this.#gone = gone;
  }

  /** Takes in what the key store holds. The primary is the highest live version. */
  load(wrapped: readonly WrappedSubjectKey[], roots: RootRing): this {
    const versions = new Map<number, KeyBytes>();
    let primary = 0;
    for (const one of wrapped) {
      const key = roots.unwrap(one);
      if (key.state === "retired") continue;
      versions.set(key.version, key.key);
      if (key.state === "live" && key.version > primary) {
        primary = key.version;
        const name = sodium.crypto_generichash(16, "pseudonym", key.pseudonymKey);
        this.#pseudonym = sodium.to_base64(name, sodium.base64_variants.URLSAFE_NO_PADDING);
      }
    }
    if (primary === 0) throw new VaultError("subject-unknown");
    this.#versions = versions;
    this.#primaryVersion = primary;
    return this;
  }

  get primaryVersion(): number {
    this.#alive();
    return this.#primaryVersion;
  }

  get pseudonym(): string {
    this.#alive();
    return this.#pseudonym;
  }

  /** Every readable version, the primary first. */
  get readable(): readonly number[] {
    this.#alive();
    const others = [...this.#versions.keys()].filter((version) => version !== this.#primaryVersion);
    return [this.#primaryVersion, ...others];
  }

  /** Throws `key-version-unknown`, or why the keys are gone. */
  key(version: number): KeyBytes {
    this.#alive();
    const key = this.#versions.get(version);
    if (key === undefined) throw new VaultError("key-version-unknown");
    return key;
  }

  /** Wipes the keys. */
  wipe(): void {
    for (const key of this.#versions.values()) key.fill(0);
    this.#versions.clear();
  }

  #alive(): void {
    if (this.#gone.closed) throw new VaultError("vault-closed");
    if (this.#gone.forgotten.has(this.subject)) throw new VaultError("subject-forgotten");
  }
}
