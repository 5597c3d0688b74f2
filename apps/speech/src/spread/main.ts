import { readFile } from "node:fs/promises";
import { createLog, serveNode } from "@yizhan/http";
import manifest from "../../package.json" with { type: "json" };
import { spreadApp } from "./app.ts";
import { spreadConfig } from "./config.ts";

const config = spreadConfig();
const log = createLog("speech");
const { app, spread, upgrade, close } = spreadApp({
  machines: config.machines,
  token: (await readFile(config.tokenFile, "utf8")).trim(),
  certificate: await readFile(config.certificateFile, "utf8"),
  certificateName: config.certificateName,
  log,
  version: manifest.version,
});
// What the machines have is known before anybody is answered.
await spread.watch();
await serveNode({ app, host: config.host, port: config.port, log, upgrade, close });
