import { equalBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Edge, grow, rootOf, type TreeNode } from "./edge.ts";
import type { AuditStorage } from "./log.ts";
import type { NodeId } from "./merkle.ts";

/** The first thing that is wrong with a log. Entries count from 0; `last` is included. */
export type LogFault =
  /** An entry is not what its hash says that was kept when it was written, or its hash is gone. */
  | { readonly kind: "entry-changed"; readonly first: number; readonly last: number }
  /** An entry is gone from the middle, or from the end while its hash is still kept. */
  | { readonly kind: "entry-missing"; readonly first: number; readonly last: number }
  /** The entries are as their own hashes say; a hash of the tree above them is not. */
  | { readonly kind: "tree-changed"; readonly first: number; readonly last: number }
  /** Entries and hashes agree with each other and not with a checkpoint: what stood between the last one that agrees and this was rewritten. */
  | { readonly kind: "checkpoint-differs"; readonly first: number; readonly last: number }
  /** A checkpoint was signed over more entries than there are. */
  | { readonly kind: "end-missing"; readonly first: number; readonly last: number };

export interface LogInspection {
  /** Entries. */
  readonly size: number;
  /** Of the whole tree, where nothing is wrong. */
  readonly root: Uint8Array | undefined;
  readonly fault: LogFault | undefined;
}

const pageSize = 500;
type Reader = Pick<AuditStorage, "size" | "nodes" | "entries">;

/**
 * Reads a whole log, computes its tree afresh and compares it with every hash it keeps and with every checkpoint
 * given (opened already): like `verifyLog`, but says what is wrong first instead of throwing. Calls `each` for
 * the entries in order up to the first wrong one.
 */
export async function inspectLog(
  log: Reader,
  checkpoints: readonly Checkpoint[],
  each: (entry: Uint8Array, index: number) => void = () => undefined,
): Promise<LogInspection> {
  const size = await log.size();
  const due = Map.groupBy(checkpoints, (checkpoint) => checkpoint.size);
  const edge: Edge = { size: 0, hashes: [] };
  let agreed = 0;
  const broken = (fault: LogFault): LogInspection => ({ size, root: undefined, fault });
  const differs = (): boolean => {
    const here = due.get(edge.size);
    if (here === undefined) return false;
    if (!here.every(({ root }) => equalBytes(root, rootOf(edge)))) return true;
    agreed = edge.size;
    return false;
  };
  if (differs()) return broken({ kind: "checkpoint-differs", first: 0, last: 0 });
  while (edge.size < size) {
    const start = edge.size;
    const wanted = Math.min(pageSize, size - start);
    const entries = await log.entries(start, wanted);
    if (entries.length < wanted) {
      const gap = await firstGap(log, start, wanted);
      for (const [at, entry] of (await log.entries(start, gap - start)).entries()) each(entry, start + at);
      return broken({ kind: "entry-missing", first: gap, last: gap });
    }
    const made: TreeNode[] = [];
    let differing: LogFault | undefined;
    for (const entry of entries) {
      made.push(...grow(edge, entry));
      if (differing === undefined && differs()) {
        differing = { kind: "checkpoint-differs", first: agreed, last: edge.size - 1 };
      }
    }
    const wrong = await firstWrongHash(log, made);
    const fault = wrong === undefined ? differing : faultOf(wrong);
    for (const [at, entry] of entries.entries()) {
      if (fault === undefined || start + at < fault.first) each(entry, start + at);
    }
    if (fault !== undefined) return broken(fault);
  }
  // The hash of an entry behind the last one: the end was cut off.
  if ((await kept(log, [{ level: 0, index: size }])) !== undefined) {
    return broken({ kind: "entry-missing", first: size, last: size });
  }
  const later = checkpoints.filter((checkpoint) => checkpoint.size > size).map((checkpoint) => checkpoint.size);
  if (later.length > 0) return broken({ kind: "end-missing", first: size, last: Math.max(...later) - 1 });
  return { size, root: rootOf(edge), fault: undefined };
}

function faultOf({ level, index }: NodeId): LogFault {
  const first = index * 2 ** level;
  return { kind: level === 0 ? "entry-changed" : "tree-changed", first, last: first + 2 ** level - 1 };
}

async function firstGap(log: Reader, start: number, count: number): Promise<number> {
  for (let index = start; index < start + count; index += 1) {
    if ((await log.entries(index, 1)).length === 0) return index;
  }
  return start + count;
}

/** The lowest leaf whose kept hash is another or gone, else the first such hash of the tree. */
async function firstWrongHash(log: Reader, made: readonly TreeNode[]): Promise<NodeId | undefined> {
  const hashes = await kept(log, made);
  if (hashes !== undefined && made.every((node, at) => equalBytes(node.hash, hashes[at] ?? new Uint8Array(0)))) return undefined;
  for (const node of made.toSorted((a, b) => a.level - b.level || a.index - b.index)) {
    const [hash] = (await kept(log, [node])) ?? [];
    if (hash === undefined || !equalBytes(hash, node.hash)) return node;
  }
  return undefined;
}

async function kept(log: Reader, ids: readonly NodeId[]): Promise<readonly Uint8Array[] | undefined> {
  try {
    return await log.nodes(ids);
  } catch (error) {
    if (error instanceof VaultError && error.code === "log-broken") return undefined;
    throw error;
  }
}
