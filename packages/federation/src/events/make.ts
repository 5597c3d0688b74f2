import { randomUUID } from "node:crypto";
import type { OutgoingEvent } from "../types.ts";
import { type AgeBand, type CaseClosed, type CaseOpened, type StationHealth } from "./catalogue.ts";

interface CaseFacts {
  /** Country code of the hub. */
  readonly to: string;
  readonly at: Date;
  /** The language of care, BCP 47. */
  readonly language: string;
  readonly birthYear?: number | undefined;
}

/** The event that says a case was opened: week, language, age band, nothing else. */
export function caseOpened(facts: CaseFacts): OutgoingEvent {
  const payload: CaseOpened = {
    week: isoWeekOf(facts.at),
    language: facts.language,
    ageBand: ageBandOf(facts.birthYear, facts.at),
  };
  return { ...base("case.opened", facts.to), payload };
}

export function caseClosed(facts: CaseFacts & { readonly outcome: CaseClosed["outcome"] }): OutgoingEvent {
  const payload: CaseClosed = {
    week: isoWeekOf(facts.at),
    language: facts.language,
    ageBand: ageBandOf(facts.birthYear, facts.at),
    outcome: facts.outcome,
  };
  return { ...base("case.closed", facts.to), payload };
}

export function healthEvent(to: string, health: StationHealth): OutgoingEvent {
  return {
    eventId: randomUUID(),
    to,
    lane: "control",
    class: "operational",
    type: "station.health",
    schemaVersion: 1,
    payload: health,
  };
}

function base(type: string, to: string): Omit<OutgoingEvent, "payload"> {
  return { eventId: randomUUID(), to, lane: "clinical", class: "deidentified", type, schemaVersion: 1 };
}

/** Age at the end of the year, so that the day of birth plays no part. */
export function ageBandOf(birthYear: number | undefined, at: Date): AgeBand {
  if (birthYear === undefined) return "unknown";
  const age = at.getUTCFullYear() - birthYear;
  if (!Number.isInteger(age) || age < 0 || age > 130) return "unknown";
  if (age < 5) return "0-4";
  if (age < 15) return "5-14";
  if (age < 25) return "15-24";
  if (age < 45) return "25-44";
  return age < 65 ? "45-64" : "65+";
}

/** The ISO 8601 week, UTC: the week belongs to the year that its Thursday is in. */
export function isoWeekOf(at: Date): string {
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, "0")}`;
}
