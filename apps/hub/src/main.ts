import { createLog, serveNode } from "@yizhan/http";
import { hubConfig } from "./config.ts";
import { openHub } from "./hub.ts";

const config = hubConfig();
const log = createLog("hub", config.logLevel);
const hub = await openHub(config, log);
await serveNode({ app: hub.app, host: config.host, port: config.port, log, close: hub.close });
