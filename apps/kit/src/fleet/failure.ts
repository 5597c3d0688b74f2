import { RegionError } from "@yizhan/region";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";

/** How far a country was when it failed: what was left as it was follows from it. */
export type Stage = "judged" | "sent" | "applied" | "asked";

export interface Failure {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What was left as it was. */
  readonly left: string;
  /** What to do. */
  readonly remedy: string;
}

/** An error of the Pulumi layer or of the installer: both say their code and their own remedy. */
interface Coded {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

export function failureOf(error: unknown, stage: Stage, text: Text): Failure {
  const left = text(`left.${stage}`);
  if (error instanceof KitError) {
    return {
      code: error.code,
      message: text(`error.${error.code}`, error.values),
      left,
      remedy: text(`remedy.${error.code}`, error.values),
    };
  }
  if (error instanceof RegionError)
    return { code: error.code, message: error.message, left, remedy: text("remedy.region-invalid") };
  if (isCoded(error))
    return { code: error.code, message: error.message, left, remedy: error.remedy ?? remedyFor(error.code, text) };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "unexpected", message: text("error.unexpected", { reason }), left, remedy: text("remedy.unexpected") };
}

const engineCodes = [
  "engine-missing",
  "stack-locked",
  "passphrase-wrong",
  "step-failed",
  "engine-failed",
  "host-key-changed",
  "host-unreachable",
];

function remedyFor(code: string, text: Text): string {
  if (code === "site-invalid") return text("remedy.site-invalid");
  return text(engineCodes.includes(code) ? `remedy.engine.${code}` : "remedy.unexpected");
}

function isCoded(error: unknown): error is Coded {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
