/** The vault's public shapes. Formats and reasons: docs/security.md, "The sealed store". */

declare const keyBrand: unique symbol;
/** Key material: bytes, never a string (libsodium silently accepts strings as keys). */
export type KeyBytes = Uint8Array & { readonly [keyBrand]: "key" };

/** Everything a sealed value is bound to. A value moved to another place does not open. */
export interface SealContext {
  readonly tenant: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
  /** Whose key seals it: a patient's subject id, or `system` for what belongs to no patient. */
  readonly subject: string;
  readonly schemaVersion: number;
  readonly rowVersion: number;
}

/** A wrapped subject key as a key store holds it. The country and version are its associated data. */
export interface WrappedSubjectKey {
  readonly subject: string;
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/**
 * Where wrapped subject keys live: a database of its own, never in the data's WAL or backups.
 * `destroy` removes every version and leaves a tombstone, so that a restore destroys it again.
 */
export interface KeyStore {
  get(subject: string): Promise<readonly WrappedSubjectKey[]>;
  put(key: WrappedSubjectKey): Promise<void>;
  replace(key: WrappedSubjectKey, expected: WrappedSubjectKey): Promise<boolean>;
  list(afterSubject: string | undefined, limit: number): Promise<readonly WrappedSubjectKey[]>;
  destroy(subject: string): Promise<void>;
  isDestroyed(subject: string): Promise<boolean>;
}

/** Which index a token is for; each has a key of its own. */
export interface IndexSpec {
  readonly tenant: string;
  readonly table: string;
  readonly column: string;
  readonly index: string;
  /** Bits kept of the keyed hash: few enough that tokens collide, 256 for near-unique identifiers. */
  readonly bits: number;
}

/** One subject's keys, loaded: sealing and opening are synchronous from here on. */
export interface SubjectSealer {
  readonly subject: string;
  seal(context: SealContext, plaintext: Uint8Array): Uint8Array;
  open(context: SealContext, sealed: Uint8Array): Uint8Array;
}

/** The door to the vault that store, station and hub use. */
export interface Vault {
  readonly country: string;
  /** Loads (or, with `create`, makes) a subject's keys. Throws `subject-forgotten` or `subject-unknown`. */
  subject(subject: string, options?: { create?: boolean }): Promise<SubjectSealer>;
  /** The token for one normalised term; query with every token of {@link indexTokens} while keys rotate. */
  indexToken(spec: IndexSpec, term: string): Uint8Array;
  indexTokens(spec: IndexSpec, term: string): readonly Uint8Array[];
  /** Destroys the subject's keys in every copy and evicts caches. Irreversible. */
  forget(subject: string): Promise<void>;
  close(): void;
}

/** A node's long-lived identity: Ed25519 to sign, X25519 to be sealed to. */
export interface PublicIdentity {
  /** Country code, upper case. */
  readonly node: string;
  readonly keyId: string;
  readonly signKey: Uint8Array;
  readonly boxKey: Uint8Array;
}

export interface Identity extends PublicIdentity {
  sign(message: Uint8Array): Uint8Array;
  /** Opens what was sealed to this identity's box key. Throws `not-for-us`. */
  openSealed(sealed: Uint8Array): Uint8Array;
}
