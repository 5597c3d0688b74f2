/** What is wrong with a locale, and where. `remedy` is for the person who edits the files. */
export class LocaleError extends Error {
  readonly code:
    | "missing-key"
    | "fallback-circular"
    | "tag-invalid"
    | "file-unreadable"
    | "file-invalid"
    | "key-duplicate"
    | "message-invalid"
    | "control-character"
    | "exchange-invalid";
  readonly remedy: string;

  constructor(code: LocaleError["code"], message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LocaleError";
    this.code = code;
    this.remedy = remedy;
  }
}
