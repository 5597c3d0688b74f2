import { digestOf } from "./canonical.ts";
import type { Lane } from "./types.ts";

/** One hash chain: what one node sends another in one lane during one epoch. */
export interface ChainName {
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
  readonly lane: Lane;
}

/** The last link both sides know. `seq` 0 with the chain's genesis stands for "nothing yet". */
export interface ChainPoint {
  readonly epoch: number;
  readonly lane: Lane;
  readonly seq: number;
  readonly hash: string;
}

/** The hash that the first envelope of a chain names as its predecessor: bound to the chain's own name. */
export function genesis({ from, to, epoch, lane }: ChainName): string {
  return digestOf({ chain: "yizhan/v1", from, to, epoch, lane });
}
