/**
 * A piece of text an interpreter must not lose. Offsets are UTF-16, into the text as given.
 * The same shape as the caption events carry; this package stays a leaf, so it says it again.
 */
export type PinKind = "number" | "dose" | "frequency" | "duration" | "drug" | "negation" | "side" | "allergy" | "body" | "time";

export interface Pin {
  kind: PinKind;
  start: number;
  end: number;
  text: string;
  /**
   * Canonical, equal across languages where it means the same: `500 mg`, `3/d`, `q8h`, `7 d`, `INN:amoxicillin`,
   * `neg`, `neg:without`, `side:left`, `allergy`, `body:chest`, `T08:30`, `time:morning`, `date:03-05`.
   * A drug or term recognised only by its sound is `?` followed by the text, with `candidates`.
   */
  value: string;
  /** 0–1. Set here only for what was recognised by sound; hearing sets it from the engine. */
  probability?: number | undefined;
  /** What else it could have been. Offered, never put in place. */
  candidates?: string[] | undefined;
}

export type FlagCode =
  | "number-missing"
  | "number-added"
  | "number-changed"
  | "unit-changed"
  | "frequency-changed"
  | "duration-changed"
  | "negation-missing"
  | "negation-added"
  | "drug-missing"
  | "drug-added"
  | "drug-changed"
  | "drug-unknown"
  | "look-alike"
  | "side-changed"
  | "allergy-changed"
  | "body-changed"
  | "self-correction"
  | "untranslated"
  | "low-confidence";

/** A reason to distrust a translated line; `source` and `target` are the words in question. */
export interface Flag {
  code: FlagCode;
  source?: string | undefined;
  target?: string | undefined;
}

export interface Spoken {
  text: string;
  language: string;
  /** Pins already known for this text, for their probabilities. */
  pins?: readonly Pin[] | undefined;
}
