import { VaultError } from "./errors.ts";
import { KeyCache } from "./key-cache.ts";
import { type Gone, KeySet } from "./key-set.ts";
import { makeKey, RootRing } from "./roots.ts";
import type { KeyBytes, KeyStore, WrappedSubjectKey } from "./types.ts";

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

/** Loads, makes, caches and destroys key sets. */
export class Keyring implements Gone {
  readonly forgotten = new Set<string>();
  closed = false;
  readonly roots: RootRing;
  readonly store: KeyStore;
  readonly #cache: KeyCache;
  readonly #loading = new Map<string, Promise<KeySet>>();

  constructor(options: OpenVaultOptions) {
    this.roots = new RootRing(options.country, options.root, options.otherRoots ?? []);
    this.store = options.keyStore;
    const now = options.now ?? (() => performance.now());
    this.#cache = new KeyCache(options.cacheCapacity ?? 10_000, options.cacheLifetime ?? 60_000, now);
  }

  /** `fresh`: a subject that nobody has seen yet, so that its key is made before anybody looks for one. */
  async subject(subject: string, create: boolean | "fresh"): Promise<KeySet> {
    if (this.closed) throw new VaultError("vault-closed");
    const cached = this.#cache.get(subject);
    if (cached !== undefined) return cached;
    // Those who ask at the same moment get the same set, so that a rotation reaches all of them.
    const name = `${create}/${subject}`;
    const loading = this.#loading.get(name) ?? this.#load(subject, create).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  /** Brings a subject's loaded keys up to date, also for those who hold a sealer of it. */
  async refresh(subject: string): Promise<void> {
    const keys = this.#cache.get(subject);
    if (keys !== undefined) await this.reload(keys);
  }

  /** Reads a subject's keys again into a set that is in use. */
  async reload(keys: KeySet): Promise<void> {
    keys.load(await this.store.get(keys.subject), this.roots);
  }

  async forget(subject: string): Promise<void> {
    if (this.closed) throw new VaultError("vault-closed");
    await this.store.destroy(subject);
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
    this.roots.close();
  }

  async #load(subject: string, create: boolean | "fresh"): Promise<KeySet> {
    const held = create === "fresh" ? [] : await this.store.get(subject);
    if (held.length > 0) return this.#keep(new KeySet(subject, this).load(held, this.roots));
    if (!create) throw new VaultError((await this.store.isDestroyed(subject)) ? this.#gone(subject) : "subject-unknown");
    const made = this.roots.wrap(subject, makeKey(1, "live"));
    // Another process may have been first: then its key is the one that counts.
    if (!(await this.#put(made))) return this.#load(subject, false);
    return this.#keep(new KeySet(subject, this).load([made], this.roots));
  }

  async #put(made: WrappedSubjectKey): Promise<boolean> {
    try {
      return await this.store.put(made);
    } catch (error) {
      if (error instanceof VaultError && error.code === "subject-forgotten") this.#gone(made.subject);
      throw error;
    }
  }

  #gone(subject: string): "subject-forgotten" {
    this.forgotten.add(subject);
    return "subject-forgotten";
  }

  #keep(keys: KeySet): KeySet {
    // It may have been forgotten, or the vault closed, while the key store was being asked.
    if (keys.primaryVersion > 0) this.#cache.set(keys);
    return keys;
  }
}
