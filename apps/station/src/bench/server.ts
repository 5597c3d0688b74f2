import { createLog, serveNode } from "@yizhan/http";
import { fillStore, unsealed } from "@yizhan/store/bench";
import { stationConfig } from "../config.ts";
import { openStation } from "../station.ts";
import { openStorage } from "../storage.ts";

// Fills a station's store and ends, or is a station as ever. Only here can it be had without sealing, to see what sealing costs.
const [sealing, size] = process.argv.slice(2);
const through = sealing === "plain" ? unsealed : undefined;
const config = stationConfig();
if (size !== undefined) {
  const storage = await openStorage(config, through);
  const ids = await fillStore(storage.store, Number(size), (filled) => process.send?.({ type: "filling", filled }));
  await storage.close();
  // A hundred thousand ids take a moment to be sent.
  process.send?.({ type: "filled", ids }, () => process.disconnect());
} else {
  const log = createLog("station", config.logLevel);
  const station = await openStation(config, log, through);
  await serveNode({ app: station.app, host: config.host, port: config.port, log, close: station.close });
}
