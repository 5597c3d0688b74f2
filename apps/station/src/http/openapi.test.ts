import { join } from "node:path";
import { expect, test } from "vitest";
import { startTestStation } from "../testing/station.ts";

// The web derives its types from this file. After a change of the API: vitest run apps/station/src/http/openapi.test.ts -u
test("openapi.json is what the station says of itself", async () => {
  const station = await startTestStation({}, []);
  const document = (await (await station.nobody("/openapi.json")).json()) as object;
  await station.close();
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(join(import.meta.dirname, "../../openapi.json"));
});
