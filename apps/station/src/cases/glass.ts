export interface BrokenGlass {
  /** Gives the moment it closes again. */
  break(caseId: string, accountId: string): Date;
  /** Accounts that may see the case although it was not given to them. */
  brokenBy(caseId: string): readonly string[];
}

/**
 * Who broke the glass for which case, for `lastsMs`. Kept in memory: a restart closes the glass again,
 * and what happened stays in the audit log.
 */
export function openGlass(lastsMs = 3_600_000, now: () => number = Date.now): BrokenGlass {
  const until = new Map<string, Map<string, number>>();
  return {
    break(caseId, accountId) {
      const one = until.get(caseId) ?? new Map<string, number>();
      const end = now() + lastsMs;
      one.set(accountId, end);
      until.set(caseId, one);
      return new Date(end);
    },
    brokenBy(caseId) {
      const one = until.get(caseId);
      if (one === undefined) return [];
      for (const [account, end] of one) if (end <= now()) one.delete(account);
      if (one.size === 0) until.delete(caseId);
      return [...one.keys()];
    },
  };
}
