/** What a rule found. `error` stops an import and the test of all locales; `warning` is for a person to judge. */
export interface Fault {
  readonly severity: "error" | "warning";
  readonly rule: Rule;
  /** `locales/ky/care.json` */
  readonly file: string;
  readonly key?: string;
  /** One English sentence, for the person who edits the file. */
  readonly reason: string;
}

export type Rule =
  | "file"
  | "duplicate-key"
  | "missing-key"
  | "unknown-key"
  | "message"
  | "hidden-character"
  | "placeholder"
  | "plural"
  | "script"
  | "untranslated"
  | "length"
  | "number"
  | "unit"
  | "same-as-other-language"
  | "source-changed"
  | "review";

/** What a rule says before it is known where: the first part of a `Fault`. */
export type Finding = Pick<Fault, "severity" | "rule" | "reason">;
