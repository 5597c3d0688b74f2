import { createHash } from "node:crypto";
import { AuditLog, type Vault } from "@yizhan/vault";
import { type Kysely, sql } from "kysely";
import { auditStorage } from "../audit/storage.ts";
import type { Database } from "../database/open.ts";
import type { Tables } from "../database/tables.ts";
import { attachmentPieces, type Reference, referencesOf } from "./attachments.ts";
import { type DumpedTable, readSequences, readSteps, readTables } from "./catalog.ts";
import { type Cell, encodeCells, encodeFrame, jsonFrame } from "./frames.ts";
import type { DumpEnd, DumpHeader, Progress } from "./manifest.ts";

/** Bytes of rows in one frame, about; one row may be larger. */
const frameBytes = 1024 * 1024;
const mostRows = 256;

/**
 * A database's whole content at one moment, as frames: header, tables with their rows in an order in which
 * they load, sequences, end. Read in one REPEATABLE READ transaction through cursors, a megabyte at a time.
 * PostgreSQL goes on serving meanwhile; PGlite has one connection, and its other work waits for the last row.
 * The attachments that the snapshot names follow after it, from `files`: what they say never changes under their names.
 */
export async function* dump(
  database: Pick<Database, "kysely">,
  about: Pick<DumpHeader, "country" | "createdAt" | "invitations">,
  progress: (done: Progress) => void = () => undefined,
  files?: { readonly vault: Vault; readonly directory: string },
): AsyncGenerator<Buffer, void> {
  const transaction = await database.kysely.startTransaction().execute();
  const sum = createHash("sha256");
  const hashed = (frame: Buffer): Buffer => {
    sum.update(frame);
    return frame;
  };
  let references: readonly Reference[] = [];
  const rows: Record<string, number> = {};
  try {
    await sql`set transaction isolation level repeatable read, read only`.execute(transaction);
    const tables = await readTables(transaction);
    const audit = await new AuditLog("backup", auditStorage({ kysely: transaction })).head();
    const header: DumpHeader = {
      format: 1,
      ...about,
      schema: await readSteps(transaction),
      audit: { size: audit.size, root: Buffer.from(audit.root).toString("base64") },
    };
    yield hashed(jsonFrame("header", header));
    let total = 0;
    for (const table of tables) {
      yield hashed(jsonFrame("table", table));
      rows[table.name] = 0;
      for await (const batch of readRows(transaction, table)) {
        yield hashed(encodeFrame("rows", encodeCells(batch.cells)));
        rows[table.name] = (rows[table.name] ?? 0) + batch.rows;
        total += batch.rows;
        progress({ table: table.name, rows: total });
      }
    }
    // Sequences stand outside transactions: read last, they are never behind the rows.
    for (const sequence of await readSequences(transaction)) yield hashed(jsonFrame("sequence", sequence));
    if (files !== undefined) references = await referencesOf(transaction, files.vault);
  } finally {
    await transaction.rollback().execute();
  }
  const carried = { count: 0, bytes: 0 };
  for (const reference of references) {
    const file = files && (await attachmentPieces(files.vault, files.directory, reference));
    if (file === undefined) continue;
    yield hashed(jsonFrame("file", file.about));
    carried.count += 1;
    for await (const piece of file.pieces) {
      carried.bytes += piece.length;
      yield hashed(encodeFrame("piece", piece));
    }
  }
  const end: DumpEnd = { rows, files: carried, sha256: sum.digest("hex") };
  yield jsonFrame("end", end);
}

async function* readRows(
  db: Kysely<Tables>,
  table: DumpedTable,
): AsyncGenerator<{ readonly rows: number; readonly cells: readonly Cell[] }, void> {
  const columns = table.columns.map(({ name, type }) =>
    type === "bytea" ? sql`${sql.id(name)}` : sql`${sql.id(name)}::text as ${sql.id(name)}`,
  );
  await sql`declare backup_rows no scroll cursor for select ${sql.join(columns)} from ${sql.table(table.name)}`.execute(db);
  let limit = 16;
  for (;;) {
    const { rows } = await sql<Record<string, Cell>>`fetch ${sql.lit(limit)} from backup_rows`.execute(db);
    if (rows.length === 0) break;
    const cells = rows.flatMap((row) => table.columns.map(({ name }) => row[name] ?? null));
    yield { rows: rows.length, cells };
    let size = 0;
    for (const cell of cells) size += cell === null ? 4 : cell.length + 4;
    // Large rows come in small batches, so that memory stays bounded.
    limit = Math.max(1, Math.min(mostRows, limit * 2, Math.floor((frameBytes * rows.length) / size)));
  }
  await sql`close backup_rows`.execute(db);
}
