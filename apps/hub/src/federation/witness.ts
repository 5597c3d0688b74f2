import type { Witness } from "@yizhan/federation";
import type { Log } from "@yizhan/http";
import { auditOrigin, type CheckpointStore, type Contradiction, type HeldCheckpoint } from "@yizhan/store";
import { type Checkpoint, openCheckpoint, verifyConsistency, VaultError } from "@yizhan/vault";

export interface WitnessParts {
  readonly checkpoints: CheckpointStore;
  readonly log: Log;
  readonly now: () => Date;
  /** Something that the fleet page shows is new. */
  readonly changed: () => void;
}

/**
 * Holds the newest checkpoint of every station's audit log: a station that cuts its log back, or writes it anew,
 * contradicts what it signed before. Both notes are kept then; a station restored from a backup does so too,
 * and its operator knows of it. Nothing is refused: a station with a broken log still has patients.
 */
export function openWitness({ checkpoints, log, now, changed }: WitnessParts): Witness {
  return async ({ from: node, checkpoint }, sender) => {
    const origin = auditOrigin(node);
    const told =
      checkpoint && opened(() => openCheckpoint(checkpoint.note, origin, [{ name: origin, publicKey: sender.signKey }]));
    if (checkpoint !== undefined && told === undefined)
      log.error({ node }, "a checkpoint of an audit log was not signed by its station");
    const { size, contradicts } = await checkpoints.judge(node, (held) => {
      const size = held?.size ?? 0;
      if (checkpoint === undefined || told === undefined) return { result: { size, contradicts: undefined } };
      const verdict = judge(held && openHeld(held, origin), told, checkpoint);
      if (verdict === "unproved") return { result: { size, contradicts: undefined } };
      const contradicts = verdict === "continues" ? undefined : verdict;
      return {
        keep: { size: told.size, note: checkpoint.note, seenAt: now(), contradicts },
        result: { size: told.size, contradicts },
      };
    });
    if (contradicts !== undefined) {
      log.error({ node, contradicts, size }, "the audit log of a station contradicts the checkpoint it signed before");
      changed();
    }
    return size;
  };
}

/** `unproved`: the proof begins at another checkpoint than the one held; the answer tells the station which. */
function judge(
  held: Checkpoint | undefined,
  told: Checkpoint,
  { from, proof }: { readonly from: number; readonly proof: readonly string[] },
): "continues" | "unproved" | Contradiction {
  if (held === undefined) return "continues";
  if (told.size < held.size) return "cut-back";
  if (told.size > held.size && from !== held.size) return "unproved";
  const hashes = told.size === held.size ? [] : proof.map((hash) => new Uint8Array(Buffer.from(hash, "base64")));
  return verifyConsistency(held, told, hashes) ? "continues" : "rewritten";
}

/** What was verified when it came: a key that was exchanged since does not make it doubtful. */
function openHeld({ size, note }: HeldCheckpoint, origin: string): Checkpoint {
  return { origin, size, root: new Uint8Array(Buffer.from(note.split("\n")[2] ?? "", "base64")) };
}

function opened(work: () => Checkpoint): Checkpoint | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}
