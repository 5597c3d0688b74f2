import type { GuardedEvent, GuardRule, WatchedKind } from "./rules.ts";

/** Who did it, as far as the guard tells people apart: a session, a token or a network address. */
export interface Watched {
  readonly kind: WatchedKind;
  readonly key: string;
}

export interface Watch {
  /** Counts one event about `what` (a patient's or case's id); gives the rule that this one breaks. */
  see(who: Watched, event: GuardedEvent, what: string): GuardRule | undefined;
  /** Forgets what was counted for `who`: an administrator let them go on. */
  pardon(who: Watched): void;
}

interface Seen {
  readonly at: number;
  readonly what: string;
}

/**
 * Counts in memory, per rule and person, over sliding windows. `now` gives epoch milliseconds, `hour`
 * the hour of the day at the station. At most `people` are remembered, the least recent go first;
 * per person and rule never more than the rule's limit, so a flood costs no memory.
 */
export function openWatch(
  rules: readonly GuardRule[],
  { now = Date.now, hour, people = 20_000 }: { now?: () => number; hour: (at: number) => number; people?: number },
): Watch {
  const counts = new Map<string, Map<string, Seen[]>>();

  function countsOf(who: Watched): Map<string, Seen[]> {
    const id = `${who.kind}:${who.key}`;
    const known = counts.get(id) ?? new Map<string, Seen[]>();
    counts.delete(id);
    counts.set(id, known);
    const oldest = counts.size > people ? counts.keys().next() : undefined;
    if (oldest !== undefined && !oldest.done) counts.delete(oldest.value);
    return known;
  }

  return {
    see(who, event, what) {
      const at = now();
      const mine = countsOf(who);
      let broken: GuardRule | undefined;
      for (const rule of rules) {
        if (rule.event !== event || !rule.who.includes(who.kind)) continue;
        if (rule.hours !== undefined && !within(rule.hours, hour(at))) continue;
        const recent = (mine.get(rule.id) ?? []).filter((seen) => seen.at > at - rule.windowMs);
        const again = rule.count === "different" && recent.some((seen) => seen.what === what);
        if (!again && recent.length >= rule.limit) broken ??= rule;
        else if (!again) recent.push({ at, what });
        mine.set(rule.id, recent);
      }
      return broken;
    },
    pardon(who) {
      counts.delete(`${who.kind}:${who.key}`);
    },
  };
}

function within({ from, to }: { from: number; to: number }, hour: number): boolean {
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** The hour of the day (0–23) at an instant in an IANA time zone. */
export function hourIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone });
  return (at) => Number(format.format(at));
}
