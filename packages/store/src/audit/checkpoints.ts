import {
  type Checkpoint,
  type Identity,
  type NoteVerifier,
  noteSigner,
  openCheckpoint,
  signCheckpoint,
  VaultError,
} from "@yizhan/vault";
import { type Clock, machineClock } from "../clock.ts";
import type { Store } from "../store.ts";
import { appendNote, checkpointPath, openNotes } from "./checkpoint-file.ts";

export interface Checkpoints {
  /** The newest signed note, and how many entries it covers. */
  newest(): { readonly note: string; readonly size: number } | undefined;
  /** Signs over what was not covered yet, and stops. */
  close(): Promise<void>;
}

export interface CheckpointOptions {
  readonly store: Pick<Store, "auditLog" | "onAudit">;
  readonly identity: Identity;
  /** The data folder of the station or hub. */
  readonly data: string;
  /** Told what went wrong; it stops nothing. */
  readonly log: { error(fields: object, message: string): void };
  /** A checkpoint is signed after so many entries; 1,000 unless told. */
  readonly everyEntries?: number;
  /** And so long after the first entry that none covers, in milliseconds; an hour unless told. */
  readonly everyMs?: number;
  readonly clock?: Clock;
}

/** Who signs the checkpoints of a station or the hub, by the origin of its log. */
export function checkpointVerifier(origin: string, identity: { readonly signKey: Uint8Array }): NoteVerifier {
  return { name: origin, publicKey: identity.signKey };
}

/** When a checkpoint was signed, as it says itself. */
export function signedAt({ extensions = [] }: Checkpoint): string | undefined {
  return extensions.find((line) => line.startsWith("at "))?.slice(3);
}

/**
 * Signs the audit log's head: at the start and the end of a process, and between them when enough entries came or
 * time passed since, told by the writes themselves. Notes go into a file beside the database; a log that was cut
 * back or rewritten contradicts them. A note that cannot be written stops nothing else.
 */
export async function openCheckpoints(options: CheckpointOptions): Promise<Checkpoints> {
  const { store, identity, log } = options;
  const { auditLog } = store;
  const clock = options.clock ?? machineClock;
  const everyEntries = options.everyEntries ?? 1_000;
  const everyMs = options.everyMs ?? 3_600_000;
  const path = checkpointPath(options.data);
  const signer = noteSigner(identity, auditLog.origin);
  let newest: { readonly note: string; readonly size: number } | undefined;
  let stopTimer: (() => void) | undefined;
  let signing: Promise<void> = Promise.resolve();
  let queued = false;

  async function write(): Promise<void> {
    const checkpoint = await auditLog.checkpoint();
    if (checkpoint.size === newest?.size || checkpoint.size === 0) return;
    const note = signCheckpoint({ ...checkpoint, extensions: [`at ${new Date(clock.now()).toISOString()}`] }, signer);
    await appendNote(path, note);
    newest = { note, size: checkpoint.size };
  }
  async function writeOrSay(before: Promise<void>): Promise<void> {
    await before;
    queued = false;
    try {
      await write();
    } catch (error) {
      log.error({ err: error }, "a checkpoint of the audit log could not be signed; the next entries will try again");
    }
  }
  function sign(): Promise<void> {
    if (queued) return signing;
    queued = true;
    stopTimer?.();
    stopTimer = undefined;
    signing = writeOrSay(signing);
    return signing;
  }

  const last = (await openNotes(path)).at(-1);
  if (last !== undefined) {
    const known = await continues(store, openCheckpointOrNone(last, auditLog.origin, identity));
    if (known === undefined)
      log.error(
        { path },
        "the audit log does not continue its last checkpoint: run `yizhan audit verify` and see docs/security.md",
      );
    else newest = { note: last, size: known };
  }
  await sign();
  const stop = store.onAudit((size) => {
    if (size - (newest?.size ?? 0) >= everyEntries) void sign();
    else stopTimer ??= clock.after(everyMs, () => void sign());
  });
  return {
    newest: () => newest,
    async close() {
      stop();
      await sign();
      stopTimer?.();
    },
  };
}

function openCheckpointOrNone(note: string, origin: string, identity: Identity): Checkpoint | undefined {
  try {
    return openCheckpoint(note, origin, [checkpointVerifier(origin, identity)]);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

/** The size of a checkpoint that the log still has as it was; undefined for one that it contradicts. */
async function continues({ auditLog }: Pick<Store, "auditLog">, checkpoint: Checkpoint | undefined): Promise<number | undefined> {
  if (checkpoint === undefined) return undefined;
  if (checkpoint.size > (await auditLog.head()).size) return undefined;
  const head = await auditLog.head(checkpoint.size);
  return Buffer.compare(head.root, checkpoint.root) === 0 ? checkpoint.size : undefined;
}
