import { expect, test } from "vitest";
import { benchStation } from "./index.ts";
import { rowsOf } from "./rows.ts";
import { measured } from "./works.ts";

test("the bench asks two real stations, sealed and plain, for everything it measures", async () => {
  const figures = await benchStation({ database: "pglite", resources: 20, clients: 2, seconds: 0.1 });
  for (const what of measured) {
    const { sealed, plain, alone } = figures.loads[what];
    for (const load of [sealed, plain, alone]) expect(load.perSecond, what).toBeGreaterThan(0);
  }
  expect(figures.idle).toBeGreaterThan(20);
  expect(figures.start).toBeGreaterThan(50);
  expect(rowsOf("postgres", 20, 2, figures)[0]).toMatchObject({ what: "read", "HAPI /s": 1_943 });
}, 120_000);
