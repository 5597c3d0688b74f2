import { automation } from "@pulumi/pulumi";

export type EngineErrorCode =
  | "engine-missing"
  | "stack-locked"
  | "passphrase-wrong"
  | "host-key-changed"
  | "host-unreachable"
  | "step-failed"
  | "engine-failed";

/** What stopped Pulumi, said once; `output` is its own words, whole. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly output: string;

  constructor(code: EngineErrorCode, message: string, output = "", cause?: unknown) {
    super(message, { cause });
    this.name = "EngineError";
    this.code = code;
    this.output = output;
  }
}

const signs: readonly (readonly [RegExp, EngineErrorCode])[] = [
  [/incorrect passphrase|passphrase must be set/i, "passphrase-wrong"],
  [/the stack is currently locked/i, "stack-locked"],
  [/host key mismatch|knownhosts: key mismatch|ssh: host key/i, "host-key-changed"],
  [/after \d+ failed attempts|connection refused|no route to host|i\/o timeout|unable to authenticate/i, "host-unreachable"],
  [
    /process exited with status|exit status|error: update failed|resource creation failed|creating failed|updating failed|deleting failed/i,
    "step-failed",
  ],
];

/** Says what Pulumi's failure was; its words for the operator are the last lines that say error. */
export function engineError(error: unknown): EngineError {
  const output = error instanceof Error ? error.message : String(error);
  if (error instanceof automation.ConcurrentUpdateError) return new EngineError("stack-locked", lastWords(output), output, error);
  const code = signs.find(([sign]) => sign.test(output))?.[1] ?? "engine-failed";
  return new EngineError(code, lastWords(output), output, error);
}

function lastWords(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\berror\b|failed/i.test(line));
  return lines.slice(-3).join(" ") || output.slice(-300);
}
