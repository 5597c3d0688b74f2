import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageBandOf, isoWeekOf } from "./make.ts";

describe("isoWeekOf", () => {
  it("knows the weeks at the turn of years", () => {
    for (const [day, week] of [
      ["2026-01-01", "2026-W01"],
      ["2027-01-01", "2026-W53"],
      ["2024-12-30", "2025-W01"],
      ["2026-11-22", "2026-W47"],
      ["2026-11-23", "2026-W48"],
    ] as const) {
      expect(isoWeekOf(new Date(`${day}T12:00:00Z`))).toBe(week);
    }
  });

  it("changes on Mondays only", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date("2020-01-01"), max: new Date("2060-01-01"), noInvalidDate: true }), (day) => {
        const next = new Date(day.getTime() + 86_400_000);
        expect(isoWeekOf(day) !== isoWeekOf(next)).toBe(next.getUTCDay() === 1);
      }),
    );
  });
});

describe("ageBandOf", () => {
  const at = new Date("2026-06-01T00:00:00Z");
  it("knows nothing of impossible years", () => {
    for (const year of [undefined, 2027, 1800, Number.NaN, 1980.5]) expect(ageBandOf(year, at)).toBe("unknown");
  });
  it("puts every age in one band", () => {
    const bands = [2026, 2022, 2021, 2012, 2011, 2002, 2001, 1982, 1981, 1962, 1961, 1900].map((year) => ageBandOf(year, at));
    expect(bands).toEqual(["0-4", "0-4", "5-14", "5-14", "15-24", "15-24", "25-44", "25-44", "45-64", "45-64", "65+", "65+"]);
  });
});
