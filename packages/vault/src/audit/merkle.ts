import { hash } from "node:crypto";
import { concat } from "../bytes.ts";

/** A complete subtree: 2^level leaves, the index-th of that size from the left. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** Leaves from `start` up to `end` (exclusive), as the definitions in RFC 6962, section 2.1, name subtrees. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}

/** RFC 6962: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concat(leafMark, entry));
}

/** RFC 6962: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(nodeMark, left, right));
}

/** The root of an empty tree: SHA-256 of nothing. */
export const emptyRoot = sha256(new Uint8Array(0));

/** The complete subtrees, largest first, that a range consists of. */
export function nodesOf(range: Range): readonly NodeId[] {
  const nodes: NodeId[] = [];
  let { start } = range;
  while (start < range.end) {
    let level = 0;
    while (2 ** (level + 1) <= range.end - start) level += 1;
    nodes.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
}

/** The hash over complete subtrees that stand side by side, largest first. */
export function foldNodes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** RFC 6962, section 2.1.1: the ranges whose hashes prove that leaf `index` is in a tree of `size` leaves. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const path = (start: number, end: number): Range[] => {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    return index < middle ? [...path(start, middle), { start: middle, end }] : [...path(middle, end), { start, end: middle }];
  };
  return path(0, size);
}

/** RFC 6962, section 2.1.2: the ranges whose hashes prove that a tree of `from` leaves is the beginning of one of `to`. */
export function consistencyRanges(from: number, to: number): readonly Range[] {
  const subproof = (start: number, end: number, whole: boolean): Range[] => {
    if (from === end) return whole ? [] : [{ start, end }];
    const middle = start + split(end - start);
    return from <= middle
      ? [...subproof(start, middle, whole), { start: middle, end }]
      : [...subproof(middle, end, false), { start, end: middle }];
  };
  return subproof(0, to, true);
}

/** The largest power of two smaller than a number above 1. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
