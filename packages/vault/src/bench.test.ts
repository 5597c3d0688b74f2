import { expect, test } from "vitest";
import { benchVault } from "./bench.ts";

test("the benchmark measures sealing against the bare libsodium call", async () => {
  const bench = await benchVault({ seconds: 0.5 });
  expect(bench).toMatchObject({ valueBytes: 256, overheadBytes: 80 });
  expect(bench.sealsPerSecond).toBeGreaterThan(1000);
  expect(bench.opensPerSecond).toBeGreaterThan(1000);
  // The bar is 5; a busy machine slows both sides of the ratio alike.
  expect(bench.sealRatio).toBeLessThan(5);
  expect(bench.openRatio).toBeLessThan(5);
});
