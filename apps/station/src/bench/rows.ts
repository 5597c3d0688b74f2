import type { StationFigures } from "./index.ts";
import { measured, type Measured } from "./works.ts";

export type Row = Readonly<Record<string, string | number>>;

/**
 * HAPI FHIR 8.8.0 with its PostgreSQL on the same two cores, 8 clients, nothing sealed: answers a second, start and memory.
 */
const hapi: Readonly<Partial<Record<Measured, number>>> = {
  read: 1_943,
  "search identifier": 651,
  "create observation": 463,
  "create patient": 463,
  "transaction of 20": 55,
};
const hapiStart = "44 s";
const hapiMemory = "1300 MiB";

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** A table's rows: one a measure, and one of start and memory. */
export function rowsOf(database: string, records: number, clients: number, figures: StationFigures): Row[] {
  const rows: Row[] = measured.map((what) => {
    const { sealed, plain, alone } = figures.loads[what];
    const compared = database === "postgres" ? hapi[what] : undefined;
    return {
      database,
      records,
      what,
      "sealed /s": Math.round(sealed.perSecond),
      "plain /s": Math.round(plain.perSecond),
      "sealed : plain": round(sealed.perSecond / plain.perSecond, 2),
      [`p50 ms, ${clients} clients`]: round(sealed.p50, 2),
      [`p95 ms, ${clients} clients`]: round(sealed.p95, 2),
      "p50 ms, 1 client": round(alone.p50, 2),
      "p95 ms, 1 client": round(alone.p95, 2),
      ...(compared === undefined ? {} : { "HAPI /s": compared, "sealed : HAPI": round(sealed.perSecond / compared, 2) }),
    };
  });
  const { start, idle, after } = figures;
  const held = { database, records, what: `start ${round(start / 1_000, 1)} s; memory ${idle} MiB idle, ${after} after` };
  return [...rows, database === "postgres" ? { ...held, "HAPI /s": `${hapiStart}, ${hapiMemory}` } : held];
}
