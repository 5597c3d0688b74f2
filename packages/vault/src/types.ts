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

/**
 * A wrapped key as a key store holds it. Country, subject and version are its associated data. Subjects
 * that begin with `#` are the station's own keys (blind index, audit, backup); store them alike.
 */
export interface WrappedSubjectKey {
  readonly subject: string;
  /** Counts from 1. (subject, version) is unique. */
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/**
 * Where wrapped keys live: a database of its own, never in the data's WAL or backups. What is promised
 * here is checked by `checkKeyStore` (`@yizhan/vault/testing`), which every implementation must pass.
 */
export interface KeyStore {
  /** Every version, lowest first; nothing for an unknown or destroyed subject. */
  get(subject: string): Promise<readonly WrappedSubjectKey[]>;
  /**
   * Adds a version, durably, before it resolves. False (and nothing changed) when that version is there
   * already. Throws `subject-forgotten` when the subject has a tombstone.
   */
  put(key: WrappedSubjectKey): Promise<boolean>;
  /** Compare-and-swap on the `wrapped` bytes; false (and nothing changed) when they are not the expected ones. */
  replace(key: WrappedSubjectKey, expected: WrappedSubjectKey): Promise<boolean>;
  /** The next `limit` subjects after the given one in code-unit (`COLLATE "C"`) order, with all their versions. */
  list(afterSubject: string | undefined, limit: number): Promise<readonly WrappedSubjectKey[]>;
  /** Leaves a tombstone and removes every version, in one step that may be repeated. */
  destroy(subject: string): Promise<void>;
  isDestroyed(subject: string): Promise<boolean>;
  /** The next `limit` tombstones in the same order: carried to every copy and to what is restored from a backup. */
  tombstones(afterSubject: string | undefined, limit: number): Promise<readonly string[]>;
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
  /** The key version that new values are sealed with. */
  readonly keyVersion: number;
  /** Names the subject in the audit log (22 characters); dies with its key, outlives the key's rotation. */
  readonly pseudonym: string;
  /**
   * 80 bytes over the text, padded to 64, 256, 1024 … bytes. `context.subject` must be this subject.
   * Throws `context-invalid`, `value-too-large` (16 MiB), `subject-forgotten`.
   */
  seal(context: SealContext, plaintext: Uint8Array): Uint8Array;
  /**
   * Throws `sealed-malformed`, `sealed-version-unknown`, `sealed-mismatch` (another key or place),
   * `sealed-tampered`, `key-version-unknown`, `subject-forgotten`.
   */
  open(context: SealContext, sealed: Uint8Array): Uint8Array;
  /** The value under the primary key version, or undefined when it is already; for the sweeper. */
  reseal(context: SealContext, sealed: Uint8Array): Uint8Array | undefined;
  /**
   * Seals a stream of any length: 64 bytes of header, then chunks of 64 KiB and 16 bytes each, the last one
   * padded to 64, 256 … 65,536 bytes. The chunks of `source` may have any size.
   */
  sealFile(context: SealContext, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void>;
  /** Opens a sealed stream; every piece it yields is verified. Throws `file-truncated` and what `open` throws. */
  openFile(context: SealContext, sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void>;
  /** Opens a sealed file for reading from any place. Its end is verified first, so a shortened file never opens. */
  openFileAt(context: SealContext, sealed: SealedFileSource): Promise<OpenFile>;
}

/** A sealed file's bytes, wherever they are: `read` returns exactly `length` bytes, or fewer at the end. */
export interface SealedFileSource {
  /** Bytes, sealed. */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface OpenFile {
  /** Bytes of text. */
  readonly size: number;
  /** The text from `start` up to `end` (exclusive), 64 KiB at most at a time. Throws `range-invalid`. */
  read(start: number, end: number): AsyncGenerator<Uint8Array, void>;
}

export type KeyState = "live" | "staged" | "retired";
/** The station's own keys in the key store; they rotate like a patient's. */
export type ReservedSubject = "#index" | "#audit" | "#backup";

/** One page of a root exchange's sweep: how many subjects were looked at, and where to go on. */
export interface RewrapPage {
  /** Keys that this page moved to the primary root. */
  readonly moved: number;
  /** Keys that another process changed meanwhile; a further sweep sees them again. */
  readonly conflicts: number;
  /** The cursor for the next page; undefined at the end. */
  readonly after: string | undefined;
}

/**
 * Changing keys while serving. For a subject's key (a patient's, `system`, `#index`, `#audit`, `#backup`):
 * `stage`, wait until every process has it, `promote`, wait the cache's lifetime, sweep the data, `retire`.
 * For the root: open every process with the new one among `otherRoots`, then with the new one as `root` and
 * the old among `otherRoots`, `rewrap` to the end, and drop the old one when `rootsInUse` no longer names it.
 * Every step may be repeated after an interruption.
 */
export interface KeyRotation {
  /** Adds a version that opens but does not seal yet; resolves its number. Repeated (by each process), it loads and names the one staged. */
  stage(subject: string): Promise<number>;
  /** Makes a staged version the one to seal with. Throws `key-version-unknown`, `key-store-conflict`. */
  promote(subject: string, version: number): Promise<void>;
  /**
   * Destroys one version's key. Throws `key-in-use` when it is the primary or `inUse` says that data still
   * carries it, `key-version-unknown`, `key-store-conflict`.
   */
  retire(subject: string, version: number, inUse: () => Promise<boolean>): Promise<void>;
  versions(subject: string): Promise<readonly { readonly version: number; readonly state: KeyState }[]>;
  /** Moves the keys of the next `limit` subjects to the primary root, each by compare-and-swap. */
  rewrap(after: string | undefined, limit: number): Promise<RewrapPage>;
  /** The numbers (`rootId`) of the roots that some key is still wrapped with. Reads the whole key store. */
  rootsInUse(): Promise<readonly number[]>;
}

/** The door to the vault that store, station and hub use. */
export interface Vault {
  readonly country: string;
  /**
   * Loads (or, with `create`, makes) a subject's keys. Ask anew for each request, it is cached: a sealer kept
   * for hours misses key changes of other processes. `fresh`: nobody has seen this subject yet, so its key is made
   * before one is looked for; where there is one all the same, that one counts. Throws `subject-forgotten`,
   * `subject-unknown`, `subject-invalid`.
   */
  subject(subject: string, options?: { create?: boolean | "fresh" }): Promise<SubjectSealer>;
  /** The version that {@link indexToken} uses; a column beside the token lets a sweeper find older ones. */
  readonly indexVersion: number;
  /** The token for one normalised term (⌈bits / 8⌉ bytes); query with every token of {@link indexTokens} while keys rotate. */
  indexToken(spec: IndexSpec, term: string): Uint8Array;
  /** The term's tokens under every index key in use, the primary first. */
  indexTokens(spec: IndexSpec, term: string): readonly Uint8Array[];
  /** Destroys the subject's keys and evicts caches. Irreversible, and harmless to repeat. */
  forget(subject: string): Promise<void>;
  /** Drops cached keys of one subject, or of all, when another process rotated or forgot them. */
  evict(subject?: string): void;
  /** Reads the index keys again: after another process staged, promoted or retired one. */
  refresh(): Promise<void>;
  /** Seals what belongs to the station's own backups or audit log; contexts name `#backup` or `#audit` as subject. */
  station(subject: "#audit" | "#backup"): Promise<SubjectSealer>;
  readonly keys: KeyRotation;
  close(): void;
}

/** A node's long-lived identity: Ed25519 to sign, X25519 to be sealed to. */
export interface PublicIdentity {
  /** Country code, upper case. */
  readonly node: string;
  readonly keyId: string;
  readonly signKey: Uint8Array;
  readonly boxKey: Uint8Array;
  /** X-Wing key (1,216 bytes) for shares that outlive X25519, signed with the sign key, which the fingerprint covers. */
  readonly kem?: { readonly key: Uint8Array; readonly signature: Uint8Array };
}

export interface Identity extends PublicIdentity {
  sign(message: Uint8Array): Uint8Array;
  /** Opens what was sealed to this identity's box key. Throws `not-for-us`. */
  openSealed(sealed: Uint8Array): Uint8Array;
}
