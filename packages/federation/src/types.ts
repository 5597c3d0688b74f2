/** The shapes of federation. The rules they follow: docs/federation.md. */

export const eventClasses = ["operational", "aggregate", "deidentified", "notification", "share", "terminology"] as const;
/** What an item is; the region file says which classes may leave the country. */
export type EventClass = (typeof eventClasses)[number];

export const lanes = ["control", "urgent", "clinical", "bulk"] as const;
/** In order of urgency. */
export type Lane = (typeof lanes)[number];

/** An event as its cause writes it into the outbox, in the same transaction. */
export interface OutgoingEvent {
  /** Random UUID (v4): a v7 would tell when the case was opened. */
  readonly eventId: string;
  readonly to: string;
  readonly lane: Lane;
  readonly class: EventClass;
  /** `case.opened`, `case.closed`, `station.health` … */
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Events with the same key wait for one that was parked. Random, never derived from a person. */
  readonly key?: string;
}

/** Lets the writer of a cause put its event into the outbox within the same transaction. */
export interface OutboxWriter {
  append(event: OutgoingEvent): Promise<void>;
}
