import { equalBytes } from "../bytes.ts";
import { emptyRoot, leafHash, nodeHash } from "./merkle.ts";

/** A tree at one moment. */
export interface TreeHead {
  /** Leaves. */
  readonly size: number;
  readonly root: Uint8Array;
}

const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/** Whether a proof shows that an entry is leaf `index` of a tree. RFC 9162, section 2.1.3.2. */
export function verifyInclusion(entry: Uint8Array, index: number, tree: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= tree.size) return false;
  let node = index;
  let last = tree.size - 1;
  let result = leafHash(entry);
  for (const part of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      result = nodeHash(part, result);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      result = nodeHash(result, part);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && equalBytes(result, tree.root);
}

/** Whether a proof shows that the first tree is the beginning of the second. RFC 9162, section 2.1.4.2. */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (first.size > second.size || first.size < 0) return false;
  if (first.size === 0) return proof.length === 0 && equalBytes(first.root, emptyRoot);
  if (first.size === second.size) return proof.length === 0 && equalBytes(first.root, second.root);
  let node = first.size - 1;
  let last = second.size - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  // When the first tree is one complete subtree, its root is the proof's first, unsaid part.
  const [start, ...rest] = node === 0 ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let firstRoot = start;
  let secondRoot = start;
  for (const part of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      firstRoot = nodeHash(part, firstRoot);
      secondRoot = nodeHash(part, secondRoot);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      secondRoot = nodeHash(secondRoot, part);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && equalBytes(firstRoot, first.root) && equalBytes(secondRoot, second.root);
}
