/** What moving one row came to: `current` needed no move, `conflict` was changed by someone else meanwhile. */
export type SweepOutcome = "moved" | "current" | "conflict";

export interface SweepOptions<Row> {
  /** Where an interrupted sweep stopped; undefined starts at the beginning. */
  readonly cursor?: string | undefined;
  /** The rows after a cursor, in an order that does not change, with the cursor behind them; no rows at the end. */
  page(cursor: string | undefined): Promise<{ readonly rows: readonly Row[]; readonly next: string | undefined }>;
  /** Moves one row by compare-and-swap on what was read. */
  move(row: Row): Promise<SweepOutcome>;
  /** Keeps the cursor durably, after its page is done; undefined at the end. */
  save(cursor: string | undefined): Promise<void>;
  /** Stops between two rows. The cursor then still names the page that was begun. */
  readonly signal?: AbortSignal;
}

export interface SweepResult {
  readonly moved: number;
  readonly current: number;
  /** Rows to see again: a sweep is complete when one from the beginning ends with 0 moved and 0 conflicts. */
  readonly conflicts: number;
}

/**
 * Moves every row, a page at a time, and may be killed at any point: rows of the page that was under way are
 * looked at again and found current. Throws what `page`, `move` and `save` throw, and the signal's reason.
 */
export async function sweep<Row>(options: SweepOptions<Row>): Promise<SweepResult> {
  const result = { moved: 0, current: 0, conflicts: 0 };
  const counters = { moved: "moved", current: "current", conflict: "conflicts" } as const;
  let cursor = options.cursor;
  do {
    const { rows, next } = await options.page(cursor);
    for (const row of rows) {
      options.signal?.throwIfAborted();
      result[counters[await options.move(row)]] += 1;
    }
    cursor = rows.length === 0 ? undefined : next;
    await options.save(cursor);
  } while (cursor !== undefined);
  return result;
}
