import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { readsAloud } from "../models.ts";
import { places, ports } from "../places.ts";
import { credential, nodeService } from "../node-service.ts";
import type { Part } from "../types.ts";
import { speechToken } from "./server.ts";

/** The speech service of a station: it hears and translates, and reaches nothing but this machine. */
export function speechPart({ region, size }: Context): Part | undefined {
  if (region.role === "hub") return undefined;
  const configuration = `${places.etc}/speech.json`;
  const config = {
    country: region.code,
    regions: `${places.release}/regions`,
    locales: `${places.release}/locales`,
    models: places.models,
    host: "127.0.0.1",
    port: ports.speech,
    tokenFile: credential("yizhan-speech", "token"),
    cores: size.speech.cores,
  };
  const { file, unit } = nodeService({
    app: "speech",
    description: `Yizhan speech ${region.code}`,
    credentials: { config: configuration, token: `${places.secrets}/${speechToken.name}` },
    after: [],
    memory: size.speech,
    writes: [],
    service: {
      // Sound and words never leave this machine, whatever a library does.
      IPAddressDeny: "any",
      IPAddressAllow: "localhost",
      // Calls and the desk come before the next caption.
      Nice: 5,
      CPUWeight: 50,
    },
  });
  return {
    // Kokoro asks it how words are said.
    packages: readsAloud(region) ? ["espeak-ng"] : [],
    users: [{ name: "yizhan-speech" }],
    secrets: [speechToken],
    files: [jsonFile(configuration, config), file],
    units: [{ ...unit, restartWhen: [...unit.restartWhen, places.models] }],
    health: [{ url: `http://127.0.0.1:${ports.speech}/healthz` }],
  };
}
