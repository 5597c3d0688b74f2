/** A site file or a bundle that cannot be. The message says each place and what to do there. */
export class BundleError extends Error {
  readonly code: "site-invalid" | "site-not-of-region";

  constructor(code: BundleError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "BundleError";
    this.code = code;
  }
}
