import { createLog, serveNode } from "@yizhan/http";
import { stationConfig } from "./config.ts";
import { openStation } from "./station.ts";

const config = stationConfig();
const log = createLog("station", config.logLevel);
const station = await openStation(config, log);
await serveNode({ app: station.app, host: config.host, port: config.port, log, upgrade: station.upgrade, close: station.close });
