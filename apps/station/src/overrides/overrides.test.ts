import { createLog } from "@yizhan/http";
import { auditStorage } from "@yizhan/store";
import { expect, onTestFinished, test } from "vitest";
import { openStation } from "../station.ts";
import { stationFiles } from "../testing/station.ts";
import { openStorage } from "../storage.ts";

const override = {
  flow: "backups",
  by: "Ana Sitoe, director of the clinic",
  reason: "Licence 17/2026 of the ministry lets backups stand in South Africa for one year",
  until: "2027-06-30",
};

test("who answers for an override stands in the audit log, once, however often the station starts", async () => {
  const files = await stationFiles({ overrides: [override] }, []);
  onTestFinished(files.remove);
  for (let start = 0; start < 2; start += 1) await (await openStation(files.config, createLog("station", "silent"))).close();
  const { store, close } = await openStorage(files.config);
  const entries = await auditStorage(store.database).entries(0, 100);
  await close();
  const found = entries.map((entry) => new TextDecoder().decode(entry)).filter((entry) => entry.includes("residency.override"));
  expect(found).toHaveLength(1);
  expect(JSON.parse(found[0] ?? "{}")).toMatchObject({
    actor: "operator/Ana Sitoe, director of the clinic",
    detail: expect.stringContaining("Licence 17/2026"),
  });
});
