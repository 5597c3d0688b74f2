import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/tables.ts";
import { gathered } from "../gather.ts";

/** One current row as the database holds it; `sealed` is null where it was deleted. */
export interface Row {
  readonly version: number;
  readonly subject: string;
  readonly sealed: Uint8Array | null;
  readonly updated_at: Date;
}

interface RowPlace {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
}

export type CurrentRow = (place: RowPlace) => Promise<Row | undefined>;

/** Reads the rows that many ask for at once in one statement. */
export function currentRows(db: Kysely<Tables>): CurrentRow {
  return gathered(async (places: readonly RowPlace[]) => {
    // `offset 0`: each row is read by its key, however many the planner thinks there are.
    const { rows } = await sql<Row & { readonly place: number | string }>`
      select w.place, r.* from unnest(${places.map((one) => one.tenant)}::text[], ${places.map((one) => one.type)}::text[],
        ${places.map((one) => one.id)}::text[]) with ordinality as w (tenant, type, id, place) cross join lateral
        (select version, subject, sealed, updated_at from resource
          where tenant = w.tenant and type = w.type and id = w.id offset 0) r`.execute(db);
    const found = new Map(rows.map((row) => [Number(row.place), row]));
    return places.map((_place, at) => found.get(at + 1));
  });
}
