import { BlindIndex } from "./blind-index.ts";
import { VaultError } from "./errors.ts";
import { KeyCache } from "./key-cache.ts";
import { KeySet } from "./key-set.ts";
import { makeKey, RootRing, type ReservedSubject } from "./roots.ts";
import { KeySetSealer } from "./subject-sealer.ts";
import type { IndexSpec, KeyBytes, KeyStore, SubjectSealer, Vault } from "./types.ts";

export interface OpenVaultOptions {
  /** ISO 3166 code, upper case. Part of what every value is bound to. */
  readonly country: string;
  /** The country root: wraps every key from now on. */
  readonly root: KeyBytes;
  /** Roots that keys may still (or already) be wrapped with, while the root is being exchanged. */
  readonly otherRoots?: readonly KeyBytes[];
  readonly keyStore: KeyStore;
  /** How long a loaded key is used without asking the key store again, in milliseconds; 60,000 unless told. */
  readonly cacheLifetime?: number;
  /** How many subjects' keys are kept loaded; 10,000 unless told. */
  readonly cacheCapacity?: number;
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number;
}

/** Opens the vault over a key store, making the station's own keys on the first start. Throws `wrong-root`. */
export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const { country } = options;
  if (!/^[A-Z]{2}$/.test(country)) throw new VaultError("context-invalid");
  const keyring = new Keyring(options);
  const indexKeys = await keyring.reserved("#index");
  return new OpenVault(country, keyring, indexKeys);
}

/** Loads, makes, caches and destroys key sets. */
class Keyring {
  readonly forgotten = new Set<string>();
  closed = false;
  readonly #roots: RootRing;
  readonly #store: KeyStore;
  readonly #cache: KeyCache;

  constructor(options: OpenVaultOptions) {
    this.#roots = new RootRing(options.country, options.root, options.otherRoots ?? []);
    this.#store = options.keyStore;
    const now = options.now ?? (() => performance.now());
    this.#cache = new KeyCache(options.cacheCapacity ?? 10_000, options.cacheLifetime ?? 60_000, now);
  }

  async subject(subject: string, create: boolean): Promise<KeySet> {
    if (this.closed) throw new VaultError("vault-closed");
    return this.#cache.get(subject) ?? this.#load(subject, create);
  }

  reserved(subject: ReservedSubject): Promise<KeySet> {
    return this.#load(subject, true);
  }

  async forget(subject: string): Promise<void> {
    if (this.closed) throw new VaultError("vault-closed");
    await this.#store.destroy(subject);
    this.forgotten.add(subject);
    this.#cache.take(subject)?.wipe();
  }

  evict(subject?: string): void {
    if (subject === undefined) this.#cache.takeAll();
    else this.#cache.take(subject);
  }

  close(): void {
    this.closed = true;
    for (const keys of this.#cache.takeAll()) keys.wipe();
    this.#roots.close();
  }

  async #load(subject: string, create: boolean): Promise<KeySet> {
    const held = await this.#store.get(subject);
    if (held.length > 0) return this.#keep(new KeySet(subject, this).load(held, this.#roots));
    if (await this.#store.isDestroyed(subject)) {
      this.forgotten.add(subject);
      throw new VaultError("subject-forgotten");
    }
    if (!create) throw new VaultError("subject-unknown");
    const made = this.#roots.wrap(subject, makeKey(1, "live"));
    // Another process may have been first: then its key is the one that counts.
    if (!(await this.#store.put(made))) return this.#load(subject, false);
    return this.#keep(new KeySet(subject, this).load([made], this.#roots));
  }

  #keep(keys: KeySet): KeySet {
    // It may have been forgotten, or the vault closed, while the key store was being asked.
    if (keys.primaryVersion > 0) this.#cache.set(keys);
    return keys;
  }
}

class OpenVault implements Vault {
  readonly country: string;
  readonly #keyring: Keyring;
  readonly #indexKeys: KeySet;
  readonly #index: BlindIndex;

  constructor(country: string, keyring: Keyring, indexKeys: KeySet) {
    this.country = country;
    this.#keyring = keyring;
    this.#indexKeys = indexKeys;
    this.#index = new BlindIndex(country, indexKeys);
  }

  async subject(subject: string, options: { create?: boolean } = {}): Promise<SubjectSealer> {
    assertSubject(subject);
    const keys = await this.#keyring.subject(subject, options.create === true);
    return new KeySetSealer(this.country, keys);
  }

  get indexVersion(): number {
    return this.#indexKeys.primaryVersion;
  }

  indexToken(spec: IndexSpec, term: string): Uint8Array {
    return this.#index.token(this.indexVersion, spec, term);
  }

  indexTokens(spec: IndexSpec, term: string): readonly Uint8Array[] {
    return this.#indexKeys.readable.map((version) => this.#index.token(version, spec, term));
  }

  async forget(subject: string): Promise<void> {
    assertSubject(subject);
    if (subject === "system") throw new VaultError("subject-reserved");
    await this.#keyring.forget(subject);
  }

  evict(subject?: string): void {
    this.#keyring.evict(subject);
  }

  close(): void {
    this.#index.clear();
    this.#indexKeys.wipe();
    this.#keyring.close();
  }
}

function assertSubject(subject: string): void {
  const valid = typeof subject === "string" && subject !== "" && subject.length <= 256 && subject.isWellFormed();
  if (!valid || subject.startsWith("#")) throw new VaultError("subject-invalid");
}
