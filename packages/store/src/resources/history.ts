import type { FhirResource } from "@yizhan/records";
import { sql } from "kysely";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { open, type Version } from "./sealed.ts";

/** One entry of a history: a version, or the moment of a deletion. */
export type HistoryEntry<T extends FhirResource = FhirResource> =
  | { readonly deleted: false; readonly version: Version<T> }
  | {
      readonly deleted: true;
      readonly version: Pick<Version<T>, "type" | "id" | "subject" | "version" | "updatedAt">;
    };

export interface HistoryRequest {
  /** Without an id: of every resource of these types. */
  readonly types: readonly string[];
  readonly id?: string | undefined;
  /** Versions made at this time or later. */
  readonly since?: Date | undefined;
  /** Entries of one page. */
  readonly count: number;
  /** Of an earlier page. */
  readonly cursor?: string | undefined;
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** The next page's cursor; absent on the last page. */
  readonly next: string | undefined;
}

interface Row {
  readonly row_id: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly subject: string;
  readonly sealed: Uint8Array | null;
  readonly updated_at: Date;
}

/** One page of versions, the newest first, whatever they belong to. Throws `bad-cursor`. */
export async function readChanges(scope: Scope, request: HistoryRequest): Promise<HistoryPage> {
  const { count } = request;
  const rows = await page(scope, request, count + 1);
  const last = rows[count - 1];
  return {
    entries: await Promise.all(rows.slice(0, count).map((row) => entryOf(scope, row))),
    next: rows.length > count && last !== undefined ? writePlace(last) : undefined,
  };
}

export async function entryOf<T extends FhirResource>(scope: Scope, row: Omit<Row, "row_id">): Promise<HistoryEntry<T>> {
  const { subject, version } = row;
  const place = { type: row.type as T["resourceType"], id: row.id, subject, version };
  if (row.sealed === null) return { deleted: true, version: { ...place, updatedAt: row.updated_at } };
  return { deleted: false, version: await open<T>(scope, place, row.updated_at, row.sealed) };
}

/** The newest of each type and of both tables by their indexes; contents only of those that the page holds. */
async function page(scope: Scope, { types, id, since, cursor }: HistoryRequest, limit: number): Promise<readonly Row[]> {
  const { tenant, db } = scope;
  const after = cursor === undefined ? undefined : readPlace(cursor);
  const within = (table: "r" | "h") => {
    const from = sql.raw(table);
    const conditions = [sql`${from}.tenant = ${tenant}`, sql`${from}.type = t.type`];
    if (id !== undefined) conditions.push(sql`r.id = ${id}`);
    // As `resource_recent` says it.
    else if (table === "r") conditions.push(sql`r.row_id > 0`);
    if (since !== undefined) conditions.push(sql`${from}.updated_at >= ${since}::timestamptz`);
    if (after !== undefined) {
      const place = sql`${new Date(after.time)}::timestamptz, ${after.row}::bigint, ${after.version}::integer`;
      conditions.push(sql`(${from}.updated_at, ${from}.row_id, ${from}.version) < (${place})`);
    }
    return sql.join(conditions, sql` and `);
  };
  const earlier =
    id === undefined
      ? sql`resource_history h`
      : sql`resource r join resource_history h on h.row_id = r.row_id and r.tenant = h.tenant and r.type = h.type`;
  const result = await sql<Row>`select r.row_id, r.type, r.id, p.version, p.updated_at,
      case when p.current then r.subject else k.subject end as subject,
      case when p.current then r.sealed else k.sealed end as sealed
    from (
      select one.* from unnest(${[...types]}::text[]) as t (type) cross join lateral (
        (select r.row_id, r.version, r.updated_at, true as current from resource r where ${within("r")}
          order by r.updated_at desc, r.row_id desc limit ${limit}::integer)
        union all
        (select h.row_id, h.version, h.updated_at, false as current from ${earlier} where ${within("h")}
          order by h.updated_at desc, h.row_id desc, h.version desc limit ${limit}::integer)
      ) one order by one.updated_at desc, one.row_id desc, one.version desc limit ${limit}::integer
    ) p
    join resource r on r.row_id = p.row_id
    left join resource_history k on not p.current and k.row_id = p.row_id and k.version = p.version
    order by p.updated_at desc, p.row_id desc, p.version desc`.execute(db);
  return result.rows;
}

interface PlaceInTime {
  readonly time: number;
  readonly row: number;
  readonly version: number;
}

/** Opaque to the client; says a time, a row number and a version, never a value of a record. */
function writePlace(row: Row): string {
  return Buffer.from([row.updated_at.getTime(), row.row_id, row.version].join(".")).toString("base64url");
}

function readPlace(text: string): PlaceInTime {
  const numbers = Buffer.from(text, "base64url").toString("latin1").split(".").map(Number);
  const [time, row, version] = numbers;
  const whole = numbers.length === 3 && numbers.every((one) => Number.isSafeInteger(one)) && Math.abs(time ?? 0) <= 8.64e15;
  if (!whole || time === undefined || row === undefined || version === undefined || version > 2 ** 31 - 1) {
    throw new StoreError("bad-cursor", "The page's cursor is not one of ours.", {
      hint: "Follow the bundle's next link as it is.",
    });
  }
  return { time, row, version };
}
