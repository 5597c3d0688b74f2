import { BindingWriter } from "./binding.ts";
import { keyBytes, readUint32, utf8 } from "./bytes.ts";
import { VaultError } from "./errors.ts";
import { randomBytes } from "./random.ts";
import { algorithms, magics, openBytes, readHeader, sealBytes } from "./seal.ts";
import { sodium } from "./sodium.ts";
import type { KeyBytes, KeyState, ReservedSubject, WrappedSubjectKey } from "./types.ts";

// crypto_kdf contexts, eight characters each: one key per purpose from the country root.
const purposes = { subject: "yzwrap__", "#index": "yzindex_", "#audit": "yzaudit_", "#backup": "yzbackup" } as const;

/** Staged: opens, does not seal yet. Retired: the key is gone, only its version number remains taken. */
const stateFlags: Readonly<Record<KeyState, number>> = { live: 0, staged: 1, retired: 2 };

export interface UnwrappedKey {
  readonly version: number;
  readonly state: KeyState;
  /** Seals. Empty when retired. */
  readonly key: KeyBytes;
  /** Names the subject in the audit log; the same in every version. */
  readonly pseudonymKey: KeyBytes;
}

/** A public number for a root key, written into what it wraps: the first 4 bytes of a keyless hash of it. */
export function rootId(root: KeyBytes): number {
  return readUint32(sodium.crypto_generichash(32, new Uint8Array([...utf8("yizhan root id"), ...root]), null), 0);
}

function wrappingKey(root: KeyBytes, subject: string): KeyBytes {
  const purpose = subject.startsWith("#") ? (subject as ReservedSubject) : "subject";
  return keyBytes(sodium.crypto_kdf_derive_from_key(32, 1, purposes[purpose], root));
}

function bindKey(country: string, subject: string, version: number): Uint8Array {
  return new BindingWriter(160).name("key").name(country).name(subject).whole(version).done();
}

/** Fresh key material for a subject; the pseudonym key is carried over when its key rotates. */
export function makeKey(version: number, state: KeyState, pseudonymKey?: KeyBytes): UnwrappedKey {
  return { version, state, key: keyBytes(randomBytes(32)), pseudonymKey: pseudonymKey ?? keyBytes(randomBytes(32)) };
}

/** The roots in use: one wraps, all unwrap, so that a root can be exchanged while serving. */
export class RootRing {
  readonly primaryId: number;
  readonly #country: string;
  readonly #primary: KeyBytes;
  readonly #roots = new Map<number, KeyBytes>();

  constructor(country: string, primary: KeyBytes, others: readonly KeyBytes[]) {
    this.#country = country;
    // Copies: closing wipes them, and the caller may still need its own.
    this.#primary = keyBytes(primary.slice());
    this.primaryId = rootId(primary);
    for (const root of [...others, primary]) this.#roots.set(rootId(keyBytes(root)), keyBytes(root.slice()));
  }

  wrap(subject: string, key: UnwrappedKey): WrappedSubjectKey {
    const header = {
      magic: magics.wrappedKey,
      algorithm: algorithms.xchacha20poly1305,
      flags: stateFlags[key.state],
      keyVersion: this.primaryId,
    };
    const payload = new Uint8Array(64);
    if (key.state !== "retired") payload.set(key.key);
    payload.set(key.pseudonymKey, 32);
    const binding = bindKey(this.#country, subject, key.version);
    const wrapped = sealBytes(header, wrappingKey(this.#primary, subject), binding, payload);
    return { subject, version: key.version, wrapped };
  }

  /** Throws `wrong-root` when none of the roots wrapped it, or what opening a sealed value throws. */
  unwrap(wrapped: WrappedSubjectKey): UnwrappedKey {
    const header = readHeader(wrapped.wrapped, magics.wrappedKey, algorithms.xchacha20poly1305, 3);
    const root = this.#roots.get(header.keyVersion);
    if (root === undefined) throw new VaultError("wrong-root");
    const binding = bindKey(this.#country, wrapped.subject, wrapped.version);
    const payload = openBytes(wrappingKey(root, wrapped.subject), binding, wrapped.wrapped);
    const state = (Object.keys(stateFlags) as KeyState[]).find((name) => stateFlags[name] === header.flags);
    if (payload.length !== 64 || state === undefined) throw new VaultError("sealed-malformed");
    return {
      version: wrapped.version,
      state,
      key: keyBytes(payload.slice(0, 32)),
      pseudonymKey: keyBytes(payload.slice(32)),
    };
  }

  /** Which root wrapped a key; for the sweep after a root was exchanged. */
  wrappedBy(wrapped: WrappedSubjectKey): number {
    return readHeader(wrapped.wrapped, magics.wrappedKey, algorithms.xchacha20poly1305, 3).keyVersion;
  }

  close(): void {
    for (const root of this.#roots.values()) root.fill(0);
    this.#roots.clear();
    this.#primary.fill(0);
  }
}
