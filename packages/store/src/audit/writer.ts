import { StoreError } from "../errors.ts";
import { type Along, joinAlong } from "./along.ts";

/** Appends entries to the audit log, with what is to be written in the same step; resolves once durable. */
export interface AuditWriter {
  append(entries: readonly Uint8Array[], along?: Along): Promise<void>;
}

interface Waiting {
  readonly entries: readonly Uint8Array[];
  readonly along: Along | undefined;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Callers whose writes are joined into one statement at most. */
const most = 64;

/**
 * Gathers what arrives while a write is under way into the next write: many requests at once cost the
 * log one statement and one flush to disk, and each still waits until its own entry is durable.
 */
export function groupedAudit(log: { appendAll(entries: readonly Uint8Array[], along?: Along): Promise<number> }): AuditWriter {
  const waiting: Waiting[] = [];
  let running = false;

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      await log.appendAll(
        batch.flatMap((one) => one.entries),
        joinAlong(batch.map((one) => one.along)),
      );
      for (const one of batch) one.resolve();
    } catch (error) {
      // One caller's record cannot be written: the others' must not fall with it.
      const alone = batch.length > 1 && error instanceof StoreError && error.code === "duplicate";
      if (alone) for (const one of batch) await write([one]);
      else for (const one of batch) one.reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await write(waiting.splice(0, most));
    running = false;
  }

  return {
    append(entries, along) {
      if (entries.length === 0) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiting.push({ entries, along, resolve, reject });
        if (running) return;
        running = true;
        setImmediate(() => void drain());
      });
    },
  };
}
