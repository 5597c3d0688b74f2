import { sql } from "kysely";
import type { Scope } from "../scope.ts";

const block = 1_000;

/**
 * Row numbers in blocks of 1,000 from the database's sequence, so that a record and its index rows
 * can be written in one statement. Numbers lost with a process are never used again.
 */
export class RowNumbers {
  #next = 0;
  #end = 0;

  /** `count` numbers, unique over all processes. */
  async take(db: Scope["db"], count: number): Promise<number[]> {
    const taken: number[] = [];
    while (taken.length < count) {
      if (this.#next === this.#end) {
        const result = await sql<{ start: number | string }>`select nextval('row_numbers') as start`.execute(db);
        const start = Number(result.rows[0]?.start);
        // Another caller may have fetched a block meanwhile: the rest of the older one is dropped.
        this.#next = start;
        this.#end = start + block;
      }
      taken.push(this.#next);
      this.#next += 1;
    }
    return taken;
  }
}
