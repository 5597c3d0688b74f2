import { createHash } from "node:crypto";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { ZodType } from "zod";
import { migrate, type Migration } from "../database/migrate.ts";
import type { Database } from "../database/open.ts";
import type { Tables } from "../database/tables.ts";
import { attachmentSchema, attachmentWriter } from "./attachments.ts";
import { type DumpedTable, readTables } from "./catalog.ts";
import { BackupError } from "./errors.ts";
import { decodeCells, encodeFrame, type Frame } from "./frames.ts";
import {
  type DumpEnd,
  dumpedTableSchema,
  dumpEndSchema,
  type DumpHeader,
  dumpHeaderSchema,
  type Manifest,
  type Progress,
  sequenceSchema,
} from "./manifest.ts";

/**
 * Loads a dump into an empty database: the schema as it was when the dump was made, the rows, then the steps
 * that came since. Throws `backup-newer` for a dump of a later schema than `steps`, `backup-damaged`,
 * `backup-truncated`. What fails leaves the database unfit for use: load into a fresh place and drop it.
 */
export async function load(
  database: Database,
  frames: AsyncIterable<Frame>,
  steps: readonly Migration[],
  progress: (done: Progress) => void = () => undefined,
  files?: string,
): Promise<Manifest> {
  const attachments = attachmentWriter(files);
  const source = frames[Symbol.asyncIterator]();
  try {
    const first = await source.next();
    if (first.done === true || first.value.kind !== "header") throw damaged("it does not begin as one");
    const header = parse(dumpHeaderSchema, first.value);
    await migrate(database, stepsOf(header, steps));
    const end = await database.kysely.transaction().execute((db) => loadFrames(db, first.value, source, progress, attachments));
    await migrate(database, steps);
    return { ...header, ...end };
  } finally {
    await attachments.end();
    await source.return?.();
  }
}

function stepsOf(header: DumpHeader, steps: readonly Migration[]): Migration[] {
  const names = new Set(header.schema);
  const unknown = header.schema.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new BackupError("backup-newer", `A newer Yizhan made this backup (its schema has ${unknown.join(", ")}).`);
  }
  return steps.filter((step) => names.has(step.name));
}

async function loadFrames(
  db: Kysely<Tables>,
  header: Frame,
  source: AsyncIterator<Frame>,
  progress: (done: Progress) => void,
  attachments: ReturnType<typeof attachmentWriter>,
): Promise<DumpEnd> {
  const sum = createHash("sha256").update(encodeFrame("header", header.payload));
  const known = new Map((await readTables(db)).map((table) => [table.name, table]));
  const rows: Record<string, number> = {};
  let table: DumpedTable | undefined;
  let total = 0;
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const frame = next.value;
    if (frame.kind === "end") {
      const end = parse(dumpEndSchema, frame);
      const after = await source.next();
      const { found } = attachments;
      const complete =
        Object.entries(end.rows).every(([name, count]) => rows[name] === count) &&
        end.files.count === found.count &&
        end.files.bytes === found.bytes;
      if (after.done !== true || end.sha256 !== sum.digest("hex") || !complete) throw damaged("its content is not what it says");
      return end;
    }
    sum.update(encodeFrame(frame.kind, frame.payload));
    if (frame.kind === "table") {
      table = sameTable(parse(dumpedTableSchema, frame), known);
      rows[table.name] = 0;
    } else if (frame.kind === "rows" && table !== undefined) {
      const count = await insert(db, table, [...decodeCells(frame.payload)]);
      rows[table.name] = (rows[table.name] ?? 0) + count;
      total += count;
      progress({ table: table.name, rows: total });
    } else if (frame.kind === "sequence") {
      const { name, value } = parse(sequenceSchema, frame);
      await sql`select setval(${name}::regclass, ${value}::bigint)`.execute(db);
    } else if (frame.kind === "file") {
      await attachments.begin(parse(attachmentSchema, frame));
    } else if (frame.kind === "piece" && attachments.found.count > 0) {
      await attachments.write(frame.payload);
    } else throw damaged("its parts are out of order");
  }
  throw new BackupError("backup-truncated", "The backup ends before its end mark.");
}

/** The table as this schema has it; a dump never names one that its own steps do not make. */
function sameTable(dumped: DumpedTable, known: ReadonlyMap<string, DumpedTable>): DumpedTable {
  const types = new Map(known.get(dumped.name)?.columns.map((column) => [column.name, column.type]));
  if (!dumped.columns.every((column) => types.get(column.name) === column.type)) throw damaged("a table is not of its schema");
  return dumped;
}

async function insert(db: Kysely<Tables>, table: DumpedTable, cells: readonly (Uint8Array | null)[]): Promise<number> {
  const width = table.columns.length;
  const count = cells.length / width;
  if (!Number.isInteger(count)) throw damaged("a row is not whole");
  const columns = table.columns.map((column, at): { list: RawBuilder<unknown>; value: RawBuilder<unknown> } => {
    const values = Array.from({ length: count }, (_, row) => cells[row * width + at] ?? null);
    const name = sql.id(`c${at}`);
    if (column.type === "bytea") return { list: sql`${values}::bytea[]`, value: name };
    const texts = values.map((value) => (value === null ? null : Buffer.from(value).toString("utf8")));
    return { list: sql`${texts}::text[]`, value: sql`${name}::${sql.raw(column.type)}` };
  });
  const names = sql.join(table.columns.map((column) => sql.id(column.name)));
  const aliases = sql.join(columns.map((_, at) => sql.id(`c${at}`)));
  const lists = sql.join(columns.map((column) => column.list));
  const values = sql.join(columns.map((column) => column.value));
  await sql`insert into ${sql.table(table.name)} (${names}) overriding system value
    select ${values} from unnest(${lists}) as u (${aliases})`.execute(db);
  return count;
}

function parse<T>(schema: ZodType<T>, frame: Frame): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(frame.payload).toString("utf8")));
  } catch (error) {
    throw new BackupError("backup-damaged", "A part of the backup does not read as what it should be.", { cause: error });
  }
}

function damaged(why: string): BackupError {
  return new BackupError("backup-damaged", `The backup is damaged: ${why}.`);
}
