import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";

export const sizes = ["clinic", "district", "national"] as const;
export type Size = (typeof sizes)[number];

/** A Debian host reached over SSH. `hostKey` is one line of a known_hosts file without the name: `ssh-ed25519 AAAA…`. */
export interface DebianTarget {
  readonly kind: "debian";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  /** Absolute path of the private key; absent where the agent has it. */
  readonly identity?: string;
}

export interface AwsTarget {
  readonly kind: "aws";
  readonly region: string;
  /** Twelve digits: a stack never reaches into another account. */
  readonly account: string;
}

/** What one stack rests on, made by the kit from the site file and the rendered bundle. It holds no secret. */
export interface StackInput {
  readonly country: string;
  readonly role: "station" | "hub";
  readonly size: Size;
  readonly release: string;
  readonly target: DebianTarget | AwsTarget;
  readonly names: { readonly station: string; readonly meet?: string; readonly turn?: string };
  /** SHA-256 of the signed manifest, hex: it changes when anything of the release or the bundle does, and only then. */
  readonly digest: string;
  /** On a Debian host: the small files of the archive, and what is run there. Its parts are sent before, by content. */
  readonly host?: HostSteps;
  /** The signed archive that AWS machines install from, absolute, and its SHA-256. */
  readonly archive?: Archive;
  /** AWS regions the country file allows. */
  readonly allowedRegions: readonly string[];
  readonly alerts: { readonly email?: string };
  /** Days sealed backups are kept. */
  readonly backupDays: number;
}

export interface Archive {
  readonly file: string;
  readonly sha256: string;
  /** Of the key that signed it: the only one an empty machine trusts. */
  readonly fingerprint: string;
}

export interface HostSteps {
  /** Absolute paths here, and there. */
  readonly inbox: readonly { readonly from: string; readonly to: string }[];
  /** Each a POSIX shell command, as the installer wants it. */
  readonly apply: string;
  readonly health: string;
  readonly destroy: string;
}

export type StackInputErrorCode =
  | "input-path-relative"
  | "input-unreadable"
  | "host-key-missing"
  | "path-relative"
  | "region-refused"
  | "steps-missing";

/** Why a stack is not even planned. `remedy` says what the operator does. */
export class StackInputError extends Error {
  readonly code: StackInputErrorCode;
  readonly remedy: string;

  constructor(code: StackInputErrorCode, message: string, remedy: string, cause?: unknown) {
    super(`${message}. ${remedy}`, { cause });
    this.name = "StackInputError";
    this.code = code;
    this.remedy = remedy;
  }
}

/** Reads what `yizhan plan` has written. */
export function readStackInput(path: string): StackInput {
  if (!isAbsolute(path)) throw new StackInputError("input-path-relative", `${path} is not absolute`, "Give the whole path.");
  try {
    return JSON.parse(readFileSync(path, "utf8")) as StackInput;
  } catch (error) {
    throw new StackInputError("input-unreadable", `${path} cannot be read`, "Run yizhan plan for this country first.", error);
  }
}

/** Throws where the input would let a host pass unchecked, a file be looked up elsewhere, or data leave the country. */
export function checkStackInput(input: StackInput): void {
  const { target } = input;
  if (target.kind === "debian") {
    if (!/^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|rsa-sha2-\d+) [A-Za-z0-9+/]+=*/.test(target.hostKey)) {
      throw new StackInputError(
        "host-key-missing",
        `${target.host} has no host key`,
        "Run yizhan new: it shows the key to compare.",
      );
    }
    if (input.host === undefined)
      throw new StackInputError("steps-missing", `${input.country} has no steps`, "Run yizhan plan again.");
    for (const file of input.host.inbox) absolute(file.from);
    if (target.identity !== undefined) absolute(target.identity);
    return;
  }
  if (!input.allowedRegions.includes(target.region)) {
    throw new StackInputError(
      "region-refused",
      `${input.country} may not be hosted in ${target.region}`,
      `Its country file allows ${input.allowedRegions.join(", ") || "no AWS region"}.`,
    );
  }
  if (input.archive === undefined)
    throw new StackInputError("steps-missing", `${input.country} has no archive`, "Run yizhan plan again.");
  absolute(input.archive.file);
}

function absolute(path: string): void {
  if (!isAbsolute(path)) throw new StackInputError("path-relative", `${path} is not absolute`, "Give the whole path.");
}
