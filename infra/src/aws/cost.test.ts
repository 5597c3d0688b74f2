import { describe, expect, it } from "vitest";
import { sizes } from "../stack-input.ts";
import { monthlyCost } from "./cost.ts";
import { priceList } from "./price-list.ts";

describe("what a month costs", () => {
  it("is known for every size in every region of the list, and grows with the size", () => {
    for (const region of Object.keys(priceList.regions)) {
      const [clinic = 0, district = 0, national = 0] = sizes.map((size) => monthlyCost(region, size).usd);
      expect(clinic).toBeGreaterThan(100);
      expect(district).toBeGreaterThan(2 * clinic);
      expect(national).toBeGreaterThan(2 * district);
    }
  });

  it("adds up: a clinic's machine, disk, address, backups", () => {
    // 0.192 × 730 + 100 × 0.08 + 0.005 × 730 + 200 × 0.023 + 100 × 0.05 + 1 + 0.4 + 0.5 = 163.31, times 1.05.
    expect(monthlyCost("ap-south-1", "clinic")).toMatchObject({ usd: 171, priceList: "2025-06-01" });
  });

  it("adds up: a district's larger machine and disk", () => {
    // 0.384 × 730 + 300 × 0.08 + 0.005 × 730 + 200 × 0.023 + 300 × 0.05 + 1 + 0.4 + 0.5 = 329.47, times 1.05.
    expect(monthlyCost("ap-south-1", "district")).toMatchObject({ usd: 346, priceList: "2025-06-01" });
  });

  it("is not made up where the list has no price", () => expect(monthlyCost("cn-north-1", "clinic").usd).toBeUndefined());
});
