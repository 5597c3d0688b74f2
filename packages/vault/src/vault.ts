import { BlindIndex } from "./blind-index.ts";
import { VaultError } from "./errors.ts";
import { StoreKeyRotation } from "./key-rotation.ts";
import type { KeySet } from "./key-set.ts";
import { Keyring, type OpenVaultOptions } from "./keyring.ts";
import { KeySetSealer } from "./subject-sealer.ts";
import type { IndexSpec, KeyRotation, SubjectSealer, Vault } from "./types.ts";

/** Opens the vault over a key store, making the station's own keys on the first start. Throws `wrong-root`. */
export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const { country } = options;
  if (!/^[A-Z]{2}$/.test(country)) throw new VaultError("context-invalid");
  const keyring = new Keyring(options);
  return new OpenVault(country, keyring, await firstKeys(keyring));
}

async function firstKeys(keyring: Keyring): Promise<KeySet> {
  try {
    return await keyring.subject("#index", true);
  } catch (error) {
    // Right root, wrong country: for whoever starts the station it is the same mistake.
    if (error instanceof VaultError && error.code === "sealed-mismatch") throw new VaultError("wrong-root");
    throw error;
  }
}

class OpenVault implements Vault {
  readonly country: string;
  readonly keys: KeyRotation;
  readonly #keyring: Keyring;
  readonly #indexKeys: KeySet;
  readonly #index: BlindIndex;

  constructor(country: string, keyring: Keyring, indexKeys: KeySet) {
    this.country = country;
    this.#keyring = keyring;
    this.#indexKeys = indexKeys;
    this.#index = new BlindIndex(country, indexKeys);
    this.keys = new StoreKeyRotation(keyring, async (subject) => {
      await keyring.refresh(subject);
      if (subject === "#index") await this.refresh();
    });
  }

  async subject(subject: string, options: { create?: boolean | "fresh" } = {}): Promise<SubjectSealer> {
    assertSubject(subject);
    return new KeySetSealer(this.country, await this.#keyring.subject(subject, options.create ?? false));
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

  async refresh(): Promise<void> {
    await this.#keyring.reload(this.#indexKeys);
    this.#index.clear();
  }

  async station(subject: "#audit" | "#backup"): Promise<SubjectSealer> {
    return new KeySetSealer(this.country, await this.#keyring.subject(subject, true));
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
