export { VaultError, type VaultErrorCode, vaultErrorCodes } from "./errors.ts";
export { keyBytes } from "./bytes.ts";
export { openVault, type OpenVaultOptions } from "./vault.ts";
export { memoryKeyStore } from "./memory-key-store.ts";
export { fileRoot, makeRoot, readRootKey, type RootConfig, readSecretFile, writeSecretFile } from "./root-file.ts";
export { fingerprint, identityFromSecret, identityToSecret, makeIdentity, publicIdentity, sealTo, verify } from "./identity.ts";
export type * from "./types.ts";
