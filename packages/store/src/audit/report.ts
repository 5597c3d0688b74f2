import { type Checkpoint, type LogFault, openCheckpoint, VaultError } from "@yizhan/vault";
import { z } from "zod";
import { knownIdentity } from "../federation/identity.ts";
import type { Store } from "../store.ts";
import { checkpointPath, readNotes } from "./checkpoint-file.ts";
import { checkpointVerifier, signedAt } from "./checkpoints.ts";
import { verifyAudit, type VerifiedAudit } from "./verify.ts";

type Fault =
  | LogFault
  /** A note of the file is none, or the key of this station or hub did not sign it; `first` counts notes from 0. */
  | { readonly kind: "checkpoint-forged"; readonly first: number; readonly last: number; readonly file: string };

const range = { first: z.number(), last: z.number() };
export const auditReportSchema = z.object({
  /** The log, its checkpoints and the records agree. */
  whole: z.boolean(),
  entries: z.number(),
  /** When the first entry and the last right one were written; ISO 8601. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** The tree's root in base64. */
  root: z.string().optional(),
  checkpoints: z.object({
    count: z.number(),
    /** The newest: how many entries it covers, and when it was signed. */
    covers: z.number().optional(),
    at: z.string().optional(),
  }),
  /** The first thing that is wrong. Entries count from 0, as in the desk's list. */
  fault: z
    .discriminatedUnion("kind", [
      z.object({
        kind: z.enum(["entry-changed", "entry-missing", "tree-changed", "checkpoint-differs", "end-missing"]),
        ...range,
      }),
      z.object({ kind: z.literal("checkpoint-forged"), ...range, file: z.string() }),
    ])
    .optional(),
  /** When it was restored from a backup, as the log says. */
  restored: z.array(z.string()),
  /** Every record against what the log says was written; absent of a hub, which has none. */
  compared: z.object({ records: z.number(), setBack: z.number(), unknown: z.number() }).optional(),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

/**
 * Verifies the audit log of a station or the hub against its own hashes, the checkpoints that it signed itself, and those that
 * someone else kept (`others`: files of notes, for instance from the hub).
 */
export async function verifyLog(
  store: Store,
  data: string,
  others: readonly string[],
  has: "records" | "no-records" = "records",
): Promise<AuditReport> {
  // Before the log is read: one that is signed meanwhile may cover more than is seen.
  const { checkpoints, fault } = await openAll(store, [checkpointPath(data), ...others]);
  const found = await verifyAudit(store.database, checkpoints, has);
  return reportOf(found, checkpoints, found.fault ?? fault, has);
}

async function openAll(
  store: Store,
  files: readonly string[],
): Promise<{ readonly checkpoints: readonly Checkpoint[]; readonly fault: Fault | undefined }> {
  const { origin } = store.auditLog;
  const identity = await knownIdentity(store);
  const verifiers = identity === undefined ? [] : [checkpointVerifier(origin, identity)];
  const checkpoints: Checkpoint[] = [];
  let fault: Fault | undefined;
  for (const file of files) {
    const { notes, damaged } = await readNotes(file);
    if (damaged) fault ??= { kind: "checkpoint-forged", first: notes.length, last: notes.length, file };
    for (const [at, note] of notes.entries()) {
      try {
        checkpoints.push(openCheckpoint(note, origin, verifiers));
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        fault ??= { kind: "checkpoint-forged", first: at, last: at, file };
      }
    }
  }
  return { checkpoints, fault };
}

function reportOf(
  found: VerifiedAudit,
  checkpoints: readonly Checkpoint[],
  fault: Fault | undefined,
  has: "records" | "no-records",
): AuditReport {
  const { entries, from, to, root, restored, compared } = found;
  const newest = checkpoints.toSorted((a, b) => a.size - b.size).at(-1);
  const at = newest === undefined ? undefined : signedAt(newest);
  const agree = has === "no-records" || (compared !== undefined && compared.setBack === 0 && compared.unknown === 0);
  return {
    whole: fault === undefined && agree,
    entries,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(root === undefined ? {} : { root }),
    checkpoints: {
      count: checkpoints.length,
      ...(newest === undefined ? {} : { covers: newest.size }),
      ...(at === undefined ? {} : { at }),
    },
    ...(fault === undefined ? {} : { fault }),
    restored: [...restored],
    ...(compared === undefined ? {} : { compared }),
  };
}
