import { randomBytes } from "node:crypto";

/** Milliseconds in which a ticket is used, or never. */
const lifetime = 30_000;
const most = 1_000;

/** One-time permissions to open a microphone's socket, which cannot carry the header that guards other requests. */
export interface Tickets {
  issue(session: string): string;
  /** The session it was issued for; undefined when it is unknown, used or too old. */
  take(ticket: string): string | undefined;
}

export function openTickets(now: () => number = Date.now): Tickets {
  const open = new Map<string, { readonly session: string; readonly until: number }>();
  return {
    issue(session) {
      for (const [ticket, { until }] of open) if (until <= now() || open.size >= most) open.delete(ticket);
      const ticket = randomBytes(24).toString("base64url");
      open.set(ticket, { session, until: now() + lifetime });
      return ticket;
    },
    take(ticket) {
      const found = open.get(ticket);
      open.delete(ticket);
      return found === undefined || found.until <= now() ? undefined : found.session;
    },
  };
}
