import { z } from "zod";
import type { EventClass } from "../types.ts";

/**
 * Every event that may cross a border, with the one shape it may have. Shapes are strict: a field
 * that is not named here is refused, so nothing that identifies a person slips in beside it.
 */
export interface EventKind {
  readonly type: string;
  readonly class: EventClass;
  readonly schemaVersion: number;
  readonly payload: z.ZodType<Readonly<Record<string, unknown>>>;
}

/** ISO 8601 week, as in `2026-W47`: the finest time that a de-identified event tells. */
export const isoWeek = z.string().regex(/^20\d{2}-W(0[1-9]|[1-4]\d|5[0-3])$/);

export const ageBands = ["0-4", "5-14", "15-24", "25-44", "45-64", "65+", "unknown"] as const;
export type AgeBand = (typeof ageBands)[number];

export const outcomes = ["resolved", "referred", "no-show", "other"] as const;

/** What a field says once it was made coarser: any value. */
export const anyValue = "*";

const language = z.string().regex(/^([a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?|\*)$/);
const ageBand = z.enum([...ageBands, anyValue]);

const caseOpened = z.strictObject({ week: isoWeek, language, ageBand });
const caseClosed = z.strictObject({ week: isoWeek, language, ageBand, outcome: z.enum([...outcomes, anyValue]) });

/** Release number of the program: digits, dots and a short suffix; never free text. */
const version = z.string().regex(/^\d{1,4}(\.\d{1,4}){0,3}(-[a-z0-9.]{1,20})?$/);

export const stationHealth = z.strictObject({
  status: z.enum(["starting", "healthy", "degraded", "stopping"]),
  version,
  pendingEvents: z.int().min(0),
  /** Milliseconds that the oldest event has been waiting. */
  lagMs: z.int().min(0),
});
export type StationHealth = z.infer<typeof stationHealth>;
export type CaseOpened = z.infer<typeof caseOpened>;
export type CaseClosed = z.infer<typeof caseClosed>;

const kinds: readonly EventKind[] = [
  { type: "case.opened", class: "deidentified", schemaVersion: 1, payload: caseOpened },
  { type: "case.closed", class: "deidentified", schemaVersion: 1, payload: caseClosed },
  { type: "station.health", class: "operational", schemaVersion: 1, payload: stationHealth },
];

const byName = new Map(kinds.map((kind) => [`${kind.type}@${kind.schemaVersion}`, kind]));

export function eventKind(type: string, schemaVersion: number): EventKind | undefined {
  return byName.get(`${type}@${schemaVersion}`);
}

/** What a hello may carry besides; no event, so that a node that does not know it is never sent it. */
export const checkpointSchema = "audit.checkpoint";

/** `type → schema versions understood`, as a hello tells them. */
export function knownSchemas(): Record<string, number[]> {
  const known: Record<string, number[]> = { [checkpointSchema]: [1] };
  for (const kind of kinds) (known[kind.type] ??= []).push(kind.schemaVersion);
  return known;
}
