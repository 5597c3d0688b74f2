export type ModelErrorCode =
  | "unknown-model"
  | "model-known"
  | "not-a-model"
  | "description-invalid"
  | "no-source"
  | "wrong-checksum"
  | "source-failed"
  | "conversion-failed"
  | "not-installed";

/** `remedy` is a sentence for the operator: what to do now. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  readonly remedy: string | undefined;
  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions & { remedy?: string }) {
    super(message, options);
    this.name = "ModelError";
    this.code = code;
    this.remedy = options?.remedy;
  }
}
