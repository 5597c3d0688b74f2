/** Appends entries to the audit log; resolves once they are durable. */
export interface AuditWriter {
  append(entries: readonly Uint8Array[]): Promise<void>;
}

interface Waiting {
  readonly entries: readonly Uint8Array[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Gathers what arrives while a write is under way into the next write: many requests at once cost the
 * log one statement, and each still waits until its own entry is durable.
 */
export function groupedAudit(log: { appendAll(entries: readonly Uint8Array[]): Promise<number> }): AuditWriter {
  let waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await log.appendAll(batch.flatMap((one) => one.entries));
        for (const one of batch) one.resolve();
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    running = false;
  }

  return {
    append(entries) {
      if (entries.length === 0) return Promise.resolve();
      return new Promise<void>((resolve, reject) => {
        waiting.push({ entries, resolve, reject });
        if (!running) void drain();
      });
    },
  };
}
