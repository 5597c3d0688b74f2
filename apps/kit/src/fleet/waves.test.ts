import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutWaves, parseWaves } from "./waves.ts";

describe("waves", () => {
  it("are numbers, and the rest at the end", () => {
    expect(parseWaves("1, 5,rest")).toEqual([1, 5, "rest"]);
    expect(parseWaves("3")).toEqual([3]);
  });

  it.each(["", "0", "-1", "1.5", "rest,1", "1,,2", "all", "1e3"])("refuse %o", (text) => {
    expect(() => parseWaves(text)).toThrow(/invalid-argument/);
  });

  it("take everyone once, in order, and leave what no wave asks for", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.integer({ min: 1, max: 9 })), fc.boolean(), (items, sizes, rest) => {
        const { waves, left } = cutWaves(items, rest ? [...sizes, "rest"] : sizes);
        expect([...waves.flat(), ...left]).toEqual(items);
        if (rest) expect(left).toEqual([]);
        waves.slice(0, -1).forEach((wave, index) => expect(wave.length).toBe(sizes[index]));
      }),
    );
  });
});
