import { assertBytes, equalBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Edge, grow, rootOf, type TreeNode } from "./edge.ts";
import { consistencyRanges, emptyRoot, foldNodes, inclusionRanges, type NodeId, nodesOf, type Range } from "./merkle.ts";
import type { TreeHead } from "./verify.ts";

/** Where a log's entries and hashes are kept. `Along` is what it can write in the same step as entries. */
export interface AuditStorage<Along = never> {
  /** Entries in the log. */
  size(): Promise<number>;
  /** The hashes of complete subtrees, in the order asked. Throws `log-broken` when one is not kept. */
  nodes(ids: readonly NodeId[]): Promise<readonly Uint8Array[]>;
  /** Adds entries from `index` on with the nodes they complete, as one; false (and nothing added) unless the log has `index` entries. */
  append(index: number, entries: readonly Uint8Array[], nodes: readonly TreeNode[], along?: Along): Promise<boolean>;
  /** Up to `limit` entries from `start` on. */
  entries(start: number, limit: number): Promise<readonly Uint8Array[]>;
}

/** An RFC 6962 Merkle tree over a storage. Appending costs no reads as long as nobody else appends. */
export class AuditLog<Along = never> {
  readonly origin: string;
  readonly #storage: AuditStorage<Along>;
  #edge: Edge | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(origin: string, storage: AuditStorage<Along>) {
    this.origin = origin;
    this.#storage = storage;
  }

  /** Appends one entry and resolves its index. An entry is bytes; it names subjects by their pseudonyms. */
  append(entry: Uint8Array): Promise<number> {
    return this.appendAll([entry]);
  }

  /**
   * Appends several entries as one, with what the storage writes in the same step, and resolves the first
   * one's index. Throws what the storage throws, then nothing was written, and `log-contended` after 100 lost races.
   */
  appendAll(entries: readonly Uint8Array[], along?: Along): Promise<number> {
    // One after the other within a process, so that races are only with other processes.
    const appended = this.#queue.then(() => this.#appendAll(entries, along));
    this.#queue = appended.then(
      () => undefined,
      () => undefined,
    );
    return appended;
  }

  async #appendAll(entries: readonly Uint8Array[], along: Along | undefined): Promise<number> {
    for (const entry of entries) assertBytes(entry);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const edge = this.#edge ?? (await this.#loadEdge());
      const grown = { size: edge.size, hashes: [...edge.hashes] };
      const nodes = entries.flatMap((entry) => grow(grown, entry));
      this.#edge = undefined;
      if (await this.#storage.append(edge.size, entries, nodes, along)) {
        this.#edge = grown;
        return edge.size;
      }
    }
    throw new VaultError("log-contended");
  }

  /** The tree as it is, or as it was at an earlier size. */
  async head(size?: number): Promise<TreeHead> {
    const current = await this.#storage.size();
    const asked = size ?? current;
    if (!Number.isSafeInteger(asked) || asked < 0 || asked > current) throw new VaultError("range-invalid");
    if (asked === 0) return { size: 0, root: emptyRoot };
    return { size: asked, root: foldNodes(await this.#storage.nodes(nodesOf({ start: 0, end: asked }))) };
  }

  async checkpoint(): Promise<Checkpoint> {
    return { origin: this.origin, ...(await this.head()) };
  }

  /** Proves that entry `index` is in the tree of `size` entries; checked by `verifyInclusion`. */
  async inclusionProof(index: number, size: number): Promise<readonly Uint8Array[]> {
    await this.#assertSizes(index + 1, size);
    return this.#hashesOf(inclusionRanges(index, size));
  }

  /** Proves that the tree of `from` entries is the beginning of that of `to`; checked by `verifyConsistency`. */
  async consistencyProof(from: number, to: number): Promise<readonly Uint8Array[]> {
    if (from === 0) return [];
    await this.#assertSizes(from, to);
    return this.#hashesOf(consistencyRanges(from, to));
  }

  async #assertSizes(smaller: number, larger: number): Promise<void> {
    const whole = Number.isSafeInteger(smaller) && Number.isSafeInteger(larger);
    if (!whole || smaller < 1 || smaller > larger || larger > (await this.#storage.size())) throw new VaultError("range-invalid");
  }

  async #hashesOf(ranges: readonly Range[]): Promise<readonly Uint8Array[]> {
    const parts = ranges.map(nodesOf);
    const hashes = await this.#storage.nodes(parts.flat());
    let at = 0;
    return parts.map((nodes) => foldNodes(hashes.slice(at, (at += nodes.length))));
  }

  async #loadEdge(): Promise<Edge> {
    const size = await this.#storage.size();
    return { size, hashes: [...(await this.#storage.nodes(nodesOf({ start: 0, end: size })))] };
  }
}

/**
 * Reads a whole log, computes its tree afresh and compares it with every checkpoint given (opened already) and
 * with the hashes it keeps. Resolves its head; throws `log-broken`.
 */
export async function verifyLog(
  storage: Pick<AuditStorage, "size" | "nodes" | "entries">,
  checkpoints: readonly Checkpoint[],
): Promise<TreeHead> {
  const size = await storage.size();
  const due = Map.groupBy(checkpoints, (checkpoint) => checkpoint.size);
  const edge: Edge = { size: 0, hashes: [] };
  const check = (): void => {
    for (const { root } of due.get(edge.size) ?? []) if (!equalBytes(root, rootOf(edge))) throw new VaultError("log-broken");
  };
  check();
  while (edge.size < size) {
    const entries = await storage.entries(edge.size, 500);
    if (entries.length === 0) throw new VaultError("log-broken");
    for (const entry of entries) {
      grow(edge, entry);
      check();
    }
  }
  if (checkpoints.some((checkpoint) => checkpoint.size > size)) throw new VaultError("log-broken");
  const kept = await storage.nodes(nodesOf({ start: 0, end: size }));
  if (!kept.every((hash, at) => equalBytes(hash, edge.hashes[at] ?? emptyRoot))) throw new VaultError("log-broken");
  return { size, root: rootOf(edge) };
}
