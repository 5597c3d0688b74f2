export interface GuessLimits {
  /** Guesses within `windowMs` before the door closes for the rest of the window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys remembered at most; the oldest are dropped first. */
  readonly keys?: number;
  readonly now?: () => number;
}

export interface GuessLimiter {
  /**
   * Spends one guess for `key` *before* it is judged, so that a hundred at once are counted too.
   * Gives 0, or the milliseconds to wait where none is left.
   */
  spend(key: string): number;
  /** Gives back the one guess that was spent: it was right. Wrong ones before it stay counted. */
  forgive(key: string): void;
}

interface Count {
  spent: number;
  readonly until: number;
}

/** Counts guesses in memory by a key such as a name or an address. A restart forgets them: it takes longer than a window's worth of guesses gains. */
export function guessLimiter(limits: GuessLimits): GuessLimiter {
  const { limit, windowMs, keys = 20_000, now = Date.now } = limits;
  const counts = new Map<string, Count>();
  return {
    spend(key) {
      const at = now();
      let count = counts.get(key);
      if (count === undefined || count.until <= at) {
        counts.delete(key);
        if (counts.size >= keys) dropOldest(counts);
        count = { spent: 0, until: at + windowMs };
        counts.set(key, count);
      }
      if (count.spent >= limit) return count.until - at;
      count.spent += 1;
      return 0;
    },
    forgive(key) {
      const count = counts.get(key);
      if (count !== undefined && count.spent > 0) count.spent -= 1;
    },
  };
}

function dropOldest(counts: Map<string, Count>): void {
  const oldest = counts.keys().next();
  if (!oldest.done) counts.delete(oldest.value);
}
