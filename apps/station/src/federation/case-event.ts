import type { OutgoingEvent } from "@yizhan/federation";
import { randomUUID } from "node:crypto";

/** What a case's event may know of the patient. */
export interface CaseFacts {
  readonly birthYear?: number | undefined;
  readonly gender?: string | undefined;
  readonly language: string;
}

/**
 * `case.opened` or `case.closed` for the hub: which kind of person, which week, nothing that points
 * at someone. No case number, no record id, no place, no day, no word of the complaint.
 */
export function caseEvent(type: "case.opened" | "case.closed", facts: CaseFacts, hub: string, at: Date): OutgoingEvent {
  return {
    eventId: randomUUID(),
    to: hub,
    lane: "clinical",
    class: "deidentified",
    type,
    schemaVersion: 1,
    payload: {
      ageBand: ageBand(facts.birthYear, at.getUTCFullYear()),
      gender: facts.gender ?? "unknown",
      week: isoWeek(at),
      language: facts.language,
    },
  };
}

/** Bands wide enough that a birth year cannot be told: `0-17`, `18-29` … `60+`, `unknown`. */
export function ageBand(birthYear: number | undefined, year: number): string {
  if (birthYear === undefined) return "unknown";
  const age = year - birthYear;
  if (age < 18) return "0-17";
  if (age >= 60) return "60+";
  if (age < 30) return "18-29";
  const low = Math.floor(age / 10) * 10;
  return `${low}-${low + 9}`;
}

/** The ISO 8601 week of an instant in UTC: `2026-W47`. */
export function isoWeek(at: Date): string {
  // The week's year and number are those of its Thursday.
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7);
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}
