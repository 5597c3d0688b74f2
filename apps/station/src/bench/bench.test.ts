import { expect, test } from "vitest";
import { benchStation, measured } from "./index.ts";

test.each([true, false])("the bench asks a real station for everything it measures, sealing %s", async (sealing) => {
  const figures = await benchStation({ database: "pglite", sealing, resources: 20, clients: 2, seconds: 0.1 });
  for (const what of measured) expect(figures.loads[what].perSecond, what).toBeGreaterThan(0);
  expect(figures.idle).toBeGreaterThan(20);
});
