/** What can go wrong between two nodes. Refusals travel to the other side as these codes. */
export const federationErrorCodes = [
  "malformed",
  "too-large",
  "version-unknown",
  "schema-unknown",
  "not-for-us",
  "sender-unknown",
  "sender-revoked",
  "signature-wrong",
  "gateway-signature-wrong",
  "ciphertext-wrong",
  "chain-broken",
  "forked",
  "quarantined",
  "too-far-ahead",
  "class-refused",
  "payload-refused",
  "token-wrong",
  "token-used",
  "fingerprint-wrong",
  "stale",
  "unreachable",
  "refused",
  "closed",
] as const;
export type FederationErrorCode = (typeof federationErrorCodes)[number];

/** Its message is the program's own words: it never quotes what came over the wire. */
export class FederationError extends Error {
  readonly code: FederationErrorCode;
  readonly remedy: string | undefined;

  constructor(code: FederationErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "FederationError";
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** An event that can never take effect. The receiver parks it with the code and goes on. */
export class PoisonEvent extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the event cannot take effect: ${code}`);
    this.name = "PoisonEvent";
    this.code = code;
  }
}
