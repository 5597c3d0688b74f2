import { VaultError } from "./errors.ts";
import type { Keyring } from "./keyring.ts";
import { makeKey, type UnwrappedKey } from "./roots.ts";
import type { KeyRotation, KeyState, RewrapPage, WrappedSubjectKey } from "./types.ts";
import { keyBytes } from "./bytes.ts";

interface Version {
  readonly wrapped: WrappedSubjectKey;
  readonly key: UnwrappedKey;
}

/** Key changes, each one compare-and-swap in the key store: what it is, not what a process remembers, decides. */
export class StoreKeyRotation implements KeyRotation {
  readonly #keyring: Keyring;
  readonly #changed: (subject: string) => Promise<void>;

  /** `changed` is told after a subject's keys changed, so that this process uses them at once. */
  constructor(keyring: Keyring, changed: (subject: string) => Promise<void>) {
    this.#keyring = keyring;
    this.#changed = changed;
  }

  async stage(subject: string): Promise<number> {
    const versions = await this.#load(subject);
    const staged = versions.find(({ key }) => key.state === "staged");
    if (staged !== undefined) {
      await this.#changed(subject);
      return staged.key.version;
    }
    const last = versions.at(-1);
    if (last === undefined) throw new VaultError("subject-unknown");
    const key = makeKey(last.key.version + 1, "staged", last.key.pseudonymKey);
    if (!(await this.#keyring.store.put(this.#keyring.roots.wrap(subject, key)))) throw new VaultError("key-store-conflict");
    await this.#changed(subject);
    return key.version;
  }

  async promote(subject: string, version: number): Promise<void> {
    const { wrapped, key } = await this.#version(subject, version);
    if (key.state === "retired") throw new VaultError("key-version-unknown");
    if (key.state === "staged") await this.#replace(wrapped, { ...key, state: "live" });
    await this.#changed(subject);
  }

  async retire(subject: string, version: number, inUse: () => Promise<boolean>): Promise<void> {
    const { wrapped, key } = await this.#version(subject, version);
    if (key.state !== "retired") {
      const live = (await this.#load(subject)).filter((other) => other.key.state === "live");
      if (live.at(-1)?.key.version === version || (await inUse())) throw new VaultError("key-in-use");
      await this.#replace(wrapped, { ...key, state: "retired", key: keyBytes(new Uint8Array(32)) });
    }
    await this.#changed(subject);
  }

  async versions(subject: string): Promise<readonly { readonly version: number; readonly state: KeyState }[]> {
    return (await this.#load(subject)).map(({ key }) => ({ version: key.version, state: key.state }));
  }

  async rewrap(after: string | undefined, limit: number): Promise<RewrapPage> {
    const { store, roots } = this.#keyring;
    const page = await store.list(after, limit);
    let moved = 0;
    let conflicts = 0;
    for (const wrapped of page) {
      if (roots.wrappedBy(wrapped) === roots.primaryId) continue;
      const done = await store.replace(roots.wrap(wrapped.subject, roots.unwrap(wrapped)), wrapped);
      if (done) moved += 1;
      else conflicts += 1;
    }
    return { moved, conflicts, after: page.at(-1)?.subject };
  }

  async rootsInUse(): Promise<readonly number[]> {
    const { store, roots } = this.#keyring;
    const found = new Set<number>();
    let after: string | undefined;
    do {
      const page = await store.list(after, 500);
      for (const wrapped of page) found.add(roots.wrappedBy(wrapped));
      after = page.at(-1)?.subject;
    } while (after !== undefined);
    return [...found];
  }

  async #load(subject: string): Promise<readonly Version[]> {
    const held = await this.#keyring.store.get(subject);
    if (held.length === 0) await this.#keyring.subject(subject, false);
    return held.map((wrapped) => ({ wrapped, key: this.#keyring.roots.unwrap(wrapped) }));
  }

  async #version(subject: string, version: number): Promise<Version> {
    const found = (await this.#load(subject)).find(({ key }) => key.version === version);
    if (found === undefined) throw new VaultError("key-version-unknown");
    return found;
  }

  async #replace(wrapped: WrappedSubjectKey, key: UnwrappedKey): Promise<void> {
    const next = this.#keyring.roots.wrap(wrapped.subject, key);
    if (!(await this.#keyring.store.replace(next, wrapped))) throw new VaultError("key-store-conflict");
  }
}
