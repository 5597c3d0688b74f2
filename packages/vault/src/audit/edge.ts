import { VaultError } from "../errors.ts";
import { emptyRoot, foldNodes, leafHash, type NodeId, nodeHash } from "./merkle.ts";

export interface TreeNode extends NodeId {
  readonly hash: Uint8Array;
}

/** The right edge of the tree: the hashes of its complete subtrees, largest first. */
export interface Edge {
  size: number;
  hashes: Uint8Array[];
}

/** Adds a leaf to the edge; the nodes it completes, its own first. */
export function grow(edge: Edge, entry: Uint8Array): readonly TreeNode[] {
  let hash = leafHash(entry);
  let index = edge.size;
  let level = 0;
  const nodes: TreeNode[] = [{ level, index, hash }];
  while (index % 2 === 1) {
    const left = edge.hashes.pop();
    if (left === undefined) throw new VaultError("log-broken");
    hash = nodeHash(left, hash);
    index = (index - 1) / 2;
    level += 1;
    nodes.push({ level, index, hash });
  }
  edge.hashes.push(hash);
  edge.size += 1;
  return nodes;
}

export function rootOf(edge: Edge): Uint8Array {
  return edge.hashes.length === 0 ? emptyRoot : foldNodes(edge.hashes);
}
