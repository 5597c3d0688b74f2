import { type Effect, PoisonEvent } from "@yizhan/federation";
import type { Fleet } from "@yizhan/store";

/** What each event does at the hub, within the transaction that records it. */
export const hubEffect: Effect<Fleet> = async (fleet, event, { from, receivedAt }) => {
  // The shapes were checked against the catalogue before: every field is there.
  const text = (field: string) => String(event.payload[field]);
  switch (event.type) {
    case "case.opened":
    case "case.closed": {
      const cell = { node: from, week: text("week"), language: text("language"), ageBand: text("ageBand") };
      return fleet.count(cell, event.type === "case.opened" ? "opened" : "closed");
    }
    case "station.health": {
      const report = { status: text("status"), version: text("version") };
      const figures = { pendingEvents: Number(event.payload.pendingEvents), lagMs: Number(event.payload.lagMs) };
      return fleet.seen(from, receivedAt, { node: from, ...report, ...figures });
    }
    default:
      throw new PoisonEvent("type-unknown");
  }
};
