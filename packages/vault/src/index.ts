export { VaultError, type VaultErrorCode, vaultErrorCodes } from "./errors.ts";
export { keyBytes } from "./bytes.ts";
export type * from "./types.ts";

export type { OpenVaultOptions } from "./keyring.ts";
export { openVault } from "./vault.ts";
export { memoryKeyStore } from "./memory-key-store.ts";
export { sweep, type SweepOptions, type SweepOutcome, type SweepResult } from "./sweep.ts";
export { reconcileTombstones } from "./tombstones.ts";

export { rootId } from "./roots.ts";
export { keyServiceAt, type KmsPlace, readRootKey, type RootConfig, type RootSurroundings } from "./root/config.ts";
export { fileRoot, makeRoot, readSecretFile, writeSecretFile } from "./root/file.ts";
export { passphraseRoot, type PassphraseCost, type PassphraseParameters, sealRootWithPassphrase } from "./root/passphrase.ts";
export { checkShare, shamirRoot, type ShareSet, splitRoot } from "./root/shamir.ts";
export { awsKms, type AwsKmsOptions } from "./root/aws-kms.ts";
export { awsCredentials, type AwsCredentialSource, isPrivateEndpoint } from "./root/aws-credentials.ts";
export type { AwsCredentials } from "./root/aws-signature.ts";
export { type KeyService, kmsRoot, type KmsSealedRoot, sealRootWithKms } from "./root/kms.ts";

export { fingerprint, identityFromSecret, identityToSecret, makeIdentity, publicIdentity, sealTo, verify } from "./identity.ts";
export { openRootFile, type RootFilePlace, sealRootFile } from "./files/root-file.ts";
export { openShare, type PinnedRecipient, readShareHeader, sealShare, type ShareRequest } from "./share/share.ts";
export type { ShareHeader, ShareRecipient, WrapKind } from "./share/format.ts";

export { AuditLog, type AuditStorage, verifyLog } from "./audit/log.ts";
export type { TreeNode } from "./audit/edge.ts";
export { inspectLog, type LogFault, type LogInspection } from "./audit/inspect.ts";
export { memoryAuditStorage } from "./audit/memory-storage.ts";
export type { NodeId } from "./audit/merkle.ts";
export { type Checkpoint, openCheckpoint, signCheckpoint } from "./audit/checkpoint.ts";
export { type NoteSigner, type NoteVerifier, noteSigner, openNote, signNote } from "./audit/note.ts";
export { type TreeHead, verifyConsistency, verifyInclusion } from "./audit/verify.ts";
