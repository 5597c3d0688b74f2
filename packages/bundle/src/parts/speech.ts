import { remoteHearingId } from "@yizhan/models";
import type { Context } from "../context.ts";
import { BundleError } from "../errors.ts";
import { jsonFile } from "../file.ts";
import { handedToMachine } from "../machines.ts";
import { readsAloud } from "../models.ts";
import { places, ports } from "../places.ts";
import { credential, nodeService } from "../node-service.ts";
import type { Part } from "../types.ts";
import { speechToken } from "./server.ts";
import { spreadPart } from "./spread.ts";

/**
 * The speech service of a station: it hears and translates, and reaches nothing but its own machine. Where further machines hear,
 * it is on each of them, and on the station what gives them the conferences.
 */
export function speechPart(context: Context): Part | undefined {
  const { region, site, size, role } = context;
  if (role === "hub") return undefined;
  if (role === "station" && site.machines !== undefined) return spreadPart(context, site.machines.speech);
  const further = role === "speech";
  const configuration = `${places.etc}/speech.json`;
  const remote = site.speech?.remoteHearing;
  const needs = Object.keys(region.speech.hear).filter((tag) => region.speech.hear[tag]?.every((id) => id === remoteHearingId));
  if (remote === undefined && needs.length > 0)
    throw new BundleError(
      "site-invalid",
      `speech: ${region.code} has ${needs.join(", ")} heard by a remote server alone: name it as speech.remoteHearing`,
    );
  const config = {
    country: region.code,
    regions: `${places.release}/regions`,
    locales: `${places.release}/locales`,
    models: places.models,
    host: "127.0.0.1",
    port: ports.speech,
    tokenFile: credential("yizhan-speech", "token"),
    // A machine that does nothing else hears with all it has.
    ...(further ? {} : { cores: size.speech.cores }),
    ...(remote === undefined
      ? {}
      : {
          remoteHearing: {
            url: remote.url,
            model: remote.model,
            ...(remote.apiKey === undefined ? {} : { apiKeyFile: credential("yizhan-speech", "remote-key") }),
          },
        }),
  };
  const { file, unit } = nodeService({
    app: "speech",
    description: `Yizhan speech ${region.code}`,
    credentials: {
      config: configuration,
      token: further ? handedToMachine.token : `${places.secrets}/${speechToken.name}`,
      ...(remote?.apiKey === undefined ? {} : { "remote-key": remote.apiKey }),
    },
    after: [],
    memory: further ? { most: "80%" } : size.speech,
    writes: [],
    service: {
      // Sound and words never leave this machine, whatever a library does.
      IPAddressDeny: "any",
      IPAddressAllow: "localhost",
      // Calls and the desk come before the next caption.
      ...(further ? {} : { Nice: 5, CPUWeight: 50 }),
    },
  });
  return {
    // Kokoro asks it how words are said.
    packages: readsAloud(region) ? ["espeak-ng"] : [],
    users: [{ name: "yizhan-speech" }],
    secrets: further ? [] : [speechToken],
    files: [jsonFile(configuration, config), file],
    units: [{ ...unit, restartWhen: [...unit.restartWhen, places.models] }],
    health: [{ url: `http://127.0.0.1:${ports.speech}/healthz` }],
  };
}
