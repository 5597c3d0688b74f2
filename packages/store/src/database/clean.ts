import { StoreError, type StoreErrorCode } from "../errors.ts";

/** SQLSTATE classes and codes that mean something to a caller; source: PostgreSQL manual, appendix A. */
const bySqlState: readonly (readonly [prefix: string, code: StoreErrorCode, message: string])[] = [
  ["23505", "duplicate", "A row with this key exists already."],
  ["40001", "try-again", "Another transaction changed the same rows."],
  ["40P01", "try-again", "Two transactions waited for each other."],
  ["55P03", "try-again", "A lock could not be had in time."],
  ["57014", "try-again", "The statement took too long and was stopped."],
  ["53100", "disk-full", "The database's disk is full."],
  ["53", "database-gone", "The database has no room for another connection."],
  ["57P", "database-gone", "The database is stopping or starting."],
  ["08", "database-gone", "The connection to the database broke."],
];

const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOENT", "EHOSTUNREACH", "ENOTFOUND"]);

/**
 * Turns what a driver throws into a {@link StoreError} that holds no value: drivers put the
 * statement's parameters and the offending row into message, detail, `params` and `query`.
 */
export function cleanError(error: unknown): Error {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    const known = bySqlState.find(([prefix]) => code.startsWith(prefix));
    return known === undefined
      ? new StoreError("database-failed", `The database refused a statement (SQLSTATE ${code}).`, { sqlState: code })
      : new StoreError(known[1], known[2], { sqlState: code });
  }
  if (code === "ENOSPC") return new StoreError("disk-full", "The database's disk is full.");
  const connection = error instanceof Error && /terminated|connection|timeout exceeded/i.test(error.message);
  if ((code !== undefined && networkCodes.has(code)) || connection) {
    return new StoreError("database-gone", "The database does not answer.", {
      hint: "Start the database, or correct its address in the configuration.",
    });
  }
  return new StoreError("database-failed", `The database driver failed (${error instanceof Error ? error.name : typeof error}).`);
}

/** Runs `work`; what it throws comes out clean. */
export async function cleaned<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw cleanError(error);
  }
}
