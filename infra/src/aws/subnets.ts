/** The network of a stack: 10.64.0.0/16, cut the same way in every country. */
export const vpcBlock = "10.64.0.0/16";

export interface SubnetBlocks {
  /** With a way in from outside: balancer, media, the one machine of a clinic. */
  readonly open: readonly string[];
  /** Without one: station, speech, database. */
  readonly closed: readonly string[];
}

/** One open /24 and one closed /20 for each zone; the two halves of the block never meet. */
export function subnetBlocks(zones: number): SubnetBlocks {
  if (!Number.isInteger(zones) || zones < 1 || zones > 8) throw new RangeError(`1 to 8 zones, not ${zones}`);
  const each = Array.from({ length: zones }, (_, index) => index);
  return {
    open: each.map((index) => `10.64.${index}.0/24`),
    closed: each.map((index) => `10.64.${128 + index * 16}.0/20`),
  };
}
