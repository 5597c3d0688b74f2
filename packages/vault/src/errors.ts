/**
 * Every way the vault refuses, as a fixed sentence for the operator. A message is never put together
 * from data, so that no error, log or trace can carry a patient's text or a key.
 */
const sentences = {
  "not-bytes": "Bytes were expected (a Uint8Array). A string is never taken as a key or as text to seal.",
  "bad-key": "A key has the wrong length, or is not marked as a key.",
  "context-invalid":
    "The place a value belongs to is incomplete: an empty or ill-formed name, or a version that is not a whole number.",
  "value-too-large": "The value is too large to seal as one piece. Seal it as a file.",
  "sealed-malformed": "This is not a sealed value: it is too short, or not of a length that sealing produces.",
  "sealed-version-unknown":
    "This value was sealed in a format that this version of the software does not know. Update the software.",
  "sealed-mismatch": "The value was sealed with another key or for another place, or its header was changed.",
  "sealed-tampered": "The sealed value was changed after it was sealed.",
  "key-version-unknown":
    "The value was sealed with a key version that is not loaded. It was retired, or a newer one has not reached this process.",
  "subject-invalid": "A subject id must be non-empty well-formed text of at most 256 characters that does not begin with #.",
  "subject-unknown": "There is no key for this subject.",
  "subject-forgotten": "This subject was forgotten: its key is destroyed and its records cannot be opened again.",
  "subject-reserved": "This subject belongs to the station itself and cannot be forgotten.",
  "wrong-root": "The root key does not open this key store. Check which country's root was unsealed.",
  "key-store-conflict": "Another process changed the same key at the same time. Run the step again: it resumes.",
  "key-in-use": "This key version still seals data, or is the one that new data is sealed with. Finish the sweep first.",
  "vault-closed": "The vault is closed.",
  "root-file-missing": "The file that holds the root key, or what unseals it, cannot be read.",
  "root-file-open-to-others": "The root key's file can be read by others. Run chmod 600 on it.",
  "root-file-invalid": "The root key's file does not hold what it should (a root key is 64 hexadecimal digits).",
  "passphrase-wrong": "The passphrase does not unseal the root key.",
  "passphrase-cost-invalid": "The passphrase parameters ask for too little or too much work.",
  "share-invalid": "A share of the root key is mistyped, changed, or from another set.",
  "shares-too-few": "There are fewer different shares than the root key needs.",
  "kms-refused": "The key management service did not unseal the root key.",
  "kms-key-unknown": "The key management service knows no key of this id in this region. Compare keyId and region.",
  "kms-key-disabled": "The key of the key management service is disabled or on its way to deletion. Enable it there.",
  "kms-wrong-key":
    "The root key was not sealed with this key of the key management service for this country, or was changed since.",
  "kms-access-denied":
    "The key management service does not let this machine use the key. Look at its role or credentials, and the machine's clock.",
  "kms-unreachable": "The key management service did not answer. Look at the network, then start again.",
  "kms-endpoint-open": "A key management service is asked over HTTPS, or on this machine itself.",
  "aws-credentials-missing":
    "There are no credentials for AWS: this machine has no role, or the file that should hold them does not.",
  "not-for-us": "This was not sealed to our key, or was changed on the way.",
  "identity-invalid": "An identity is incomplete: wrong key lengths, or a country code that is not two upper-case letters.",
  "signature-invalid": "The signature does not match its sender and content.",
  "share-expired": "The share's time is over; it is no longer opened.",
  "share-malformed": "This is not a sealed share.",
  "file-truncated": "The sealed file ends too early.",
  "range-invalid": "The range asked for is not inside the file.",
  "note-malformed": "This is not a signed note or checkpoint.",
  "log-broken": "The audit log does not agree with itself or with an earlier checkpoint. Keep a copy and investigate.",
  "log-contended": "Too many processes append to the audit log at once. Nothing was added; try again.",
} as const;

export type VaultErrorCode = keyof typeof sentences;

/** All codes, for status maps and locale files that must cover every one. */
export const vaultErrorCodes = Object.keys(sentences) as readonly VaultErrorCode[];

/** The one error the vault throws. `code` is from a closed union; `message` is a fixed sentence per code. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode) {
    super(sentences[code]);
    this.name = "VaultError";
    this.code = code;
  }
}
