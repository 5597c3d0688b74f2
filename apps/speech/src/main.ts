import { readFile } from "node:fs/promises";
import { createLog, serveNode } from "@yizhan/http";
import { loadRegion } from "@yizhan/region";
import manifest from "../package.json" with { type: "json" };
import { speechApp } from "./app.ts";
import { clinicalTerms } from "./captions/clinical-terms.ts";
import { speechConfig } from "./config.ts";
import { openEngines } from "./engines/index.ts";

const config = speechConfig();
const log = createLog("speech");
const region = await loadRegion(config.regions, config.country);
const { remoteHearing } = config;
const engines = await openEngines({
  models: config.models,
  speech: region.speech,
  ...(config.cores === undefined ? {} : { cores: config.cores }),
  ...(remoteHearing === undefined
    ? {}
    : {
        remoteHearing: {
          url: remoteHearing.url,
          model: remoteHearing.model,
          ...(remoteHearing.apiKeyFile === undefined
            ? {}
            : { apiKey: (await readFile(remoteHearing.apiKeyFile, "utf8")).trim() }),
        },
      }),
  ...(config.libretranslate === undefined
    ? {}
    : {
        libretranslate: {
          url: config.libretranslate.url,
          ...(config.libretranslate.apiKey === undefined ? {} : { apiKey: config.libretranslate.apiKey }),
        },
      }),
});
for (const [model, state] of Object.entries(engines.models()))
  if (state !== "ready") log.error({ model, state }, "a model cannot be used: what only it hears or translates is left out");
const terms = clinicalTerms(config.locales);
terms.warm(Object.keys(region.speech.hear));
const speech = speechApp({
  engines,
  terms,
  token: (await readFile(config.tokenFile, "utf8")).trim(),
  log,
  version: manifest.version,
  ...(config.cores === undefined ? {} : { slots: config.cores }),
});
await serveNode({
  app: speech.app,
  host: config.host,
  port: config.port,
  log,
  upgrade: speech.upgrade,
  close: speech.close,
});
