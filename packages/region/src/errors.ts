export type RegionErrorCode =
  | "region-missing"
  | "region-unreadable"
  | "region-syntax"
  | "region-invalid"
  | "region-duplicate"
  | "region-code-mismatch";

export interface RegionFault {
  readonly file: string;
  /** From 1; absent where the fault is of the whole file. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What is wrong there. */
  readonly reason: string;
  /** What to write instead, or where to look. */
  readonly remedy: string;
}

/** A country file that cannot be used: every fault with its place, reason and remedy. */
export class RegionError extends Error {
  readonly code: RegionErrorCode;
  readonly faults: readonly RegionFault[];

  constructor(code: RegionErrorCode, faults: readonly RegionFault[], cause?: unknown) {
    super(faults.map(faultLine).join("\n"), { cause });
    this.name = "RegionError";
    this.code = code;
    this.faults = faults;
  }
}

/** `regions/KE.yaml:12:3: not an IANA time zone. Write one such as Africa/Nairobi.` */
export function faultLine(fault: RegionFault): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== undefined).join(":");
  return `${place}: ${fault.reason}. ${fault.remedy}`;
}
