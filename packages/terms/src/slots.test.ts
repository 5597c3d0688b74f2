import { expect, test } from "vitest";
import { renderSlot } from "./slots.ts";

test.each([
  ["ru", "500 мг"],
  ["uk", "500 мг"],
  ["kk", "500 мг"],
  ["sr", "500 мг"],
  ["sr-Latn", "500 mg"],
  ["fa", "500 میلی‌گرم"],
  ["he", "500 מ״ג"],
  ["tr", "500 mg"],
])("a dose keeps its unit in %s", (tag, written) => {
  expect(renderSlot({ name: "dose", said: "500 mg" }, tag)).toBe(written);
});
