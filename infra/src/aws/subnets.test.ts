import { describe, expect, it } from "vitest";
import { subnetBlocks, vpcBlock } from "./subnets.ts";

const range = (block: string) => {
  const [address = "", bits = ""] = block.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
};

describe("the subnets", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("of %i zones lie in the network and never meet", (zones) => {
    const { open, closed } = subnetBlocks(zones);
    expect([open.length, closed.length]).toEqual([zones, zones]);
    const whole = range(vpcBlock);
    const ranges = [...open, ...closed].map(range).toSorted((a, b) => a.first - b.first);
    for (const [index, one] of ranges.entries()) {
      expect(one.first).toBeGreaterThanOrEqual(whole.first);
      expect(one.last).toBeLessThanOrEqual(whole.last);
      expect(one.first).toBeGreaterThan(ranges[index - 1]?.last ?? -1);
    }
  });

  it.each([0, 9, 1.5])("are not cut for %d zones", (zones) => expect(() => subnetBlocks(zones)).toThrow(RangeError));
});
