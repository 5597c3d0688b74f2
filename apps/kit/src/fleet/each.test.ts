import { describe, expect, it } from "vitest";
import { eachCountry } from "./each.ts";

const run = async (countries: string[], waves: (number | "rest")[], bad: readonly string[], together = 2) => {
  const begun: string[] = [];
  const entries = await eachCountry(countries, { waves, together }, (country) => {
    begun.push(country);
    return Promise.resolve({ country, ok: !bad.includes(country) });
  });
  return { begun, entries };
};

describe("a fleet, country by country", () => {
  it("is done whole where nothing fails", async () => {
    const { begun, entries } = await run(["AE", "BH", "CN", "MZ"], [1, "rest"], []);
    expect(begun).toEqual(["AE", "BH", "CN", "MZ"]);
    expect(entries.every((entry) => entry.ok)).toBe(true);
  });

  it("stops after the first wave in which one fails, whose others are finished", async () => {
    const { begun, entries } = await run(["AE", "BH", "CN", "MZ", "TH"], [1, 2, "rest"], ["BH"]);
    expect(begun).toEqual(["AE", "BH", "CN"]);
    expect(entries).toEqual([
      { country: "AE", ok: true },
      { country: "BH", ok: false },
      { country: "CN", ok: true },
      { country: "MZ", ok: false, notReached: true },
      { country: "TH", ok: false, notReached: true },
    ]);
  });

  it("says of a country that no wave named that it was not reached", async () => {
    const { entries } = await run(["AE", "BH"], [1], []);
    expect(entries[1]).toEqual({ country: "BH", ok: false, notReached: true });
  });

  it("works on no more than asked at once", async () => {
    let now = 0;
    let most = 0;
    await eachCountry(["A1", "A2", "A3", "A4", "A5"], { waves: ["rest"], together: 2 }, async (country) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      return { country, ok: true };
    });
    expect(most).toBe(2);
  });
});
