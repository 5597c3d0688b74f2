/** What the guard watches. */
export type GuardedEvent =
  /** A patient's record or case was opened, or listed in an answer of a search in /fhir. */
  | "patient.opened"
  /** A case number, an access code or a record id that does not exist was asked for. */
  | "lookup.missed"
  /** A whole record left: `$everything`, a page of a search over all patients, a download. */
  | "record.exported";

export interface GuardRule {
  /** Named in the audit log and to administrators: a key of the locales' `desk` namespace, `guard.<id>`. */
  readonly id: string;
  readonly event: GuardedEvent;
  /** Whom it judges. Applications read in bulk by trade; people do not. */
  readonly who: readonly ("staff" | "application" | "anonymous")[];
  /** Counts events, or different patients (cases, codes) among them. */
  readonly count: "events" | "different";
  /** The event after this many within the window is the offence. */
  readonly limit: number;
  readonly windowMs: number;
  /** Only within these hours of the station's local time: from, inclusive, to, exclusive; may span midnight. */
  readonly hours?: { readonly from: number; readonly to: number };
}

/** The rules of every station. A clinician's busiest hour is far below them: about one patient in five minutes. */
export const guardRules: readonly GuardRule[] = [
  { id: "many-patients", event: "patient.opened", who: ["staff"], count: "different", limit: 30, windowMs: 60_000 },
  { id: "many-patients-slowly", event: "patient.opened", who: ["staff"], count: "different", limit: 300, windowMs: 3_600_000 },
  { id: "guessing", event: "lookup.missed", who: ["staff", "anonymous"], count: "events", limit: 20, windowMs: 300_000 },
  {
    id: "night-export",
    event: "record.exported",
    who: ["staff"],
    count: "different",
    limit: 5,
    windowMs: 3_600_000,
    hours: { from: 22, to: 6 },
  },
  { id: "bulk-export", event: "record.exported", who: ["staff"], count: "different", limit: 50, windowMs: 3_600_000 },
];
