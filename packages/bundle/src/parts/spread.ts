import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { insideAddress, machineName, machineUrl, madeForMachines } from "../machines.ts";
import { credential, nodeService } from "../node-service.ts";
import { places, ports } from "../places.ts";
import type { Machine } from "../site.ts";
import type { Part } from "../types.ts";
import { speechToken } from "./server.ts";

/** Where a station answers for one of its machines: 2xx while it reaches it. */
export const machineHealth = ({ address }: Machine): string =>
  `http://127.0.0.1:${ports.speech}/machines/${encodeURIComponent(address)}/healthz`;

/**
 * In the speech service's place, under its name and at its port: gives each conference to one of the machines that hear. The
 * station and the bridge know no other speech service.
 */
export function spreadPart({ region, site }: Context, machines: readonly Machine[]): Part {
  const configuration = `${places.etc}/speech.json`;
  const config = {
    host: "127.0.0.1",
    port: ports.speech,
    tokenFile: credential("yizhan-speech", "token"),
    certificateFile: credential("yizhan-speech", "certificate"),
    certificateName: machineName(site),
    machines: machines.map((machine) => ({ name: machine.address, url: machineUrl(machine) })),
  };
  const { file, unit } = nodeService({
    app: "speech",
    entry: "spread/main.ts",
    description: `Yizhan speech ${region.code}, on ${machines.length} further machines`,
    credentials: {
      config: configuration,
      token: `${places.secrets}/${speechToken.name}`,
      certificate: madeForMachines.certificate,
    },
    after: ["yizhan-machine-certificate.service"],
    memory: { most: 512, heap: 256 },
    writes: [],
    service: { IPAddressDeny: "any", IPAddressAllow: ["localhost", ...machines.map(insideAddress)] },
  });
  return {
    users: [{ name: "yizhan-speech" }],
    secrets: [speechToken],
    files: [jsonFile(configuration, config), file],
    units: [{ ...unit, restartWhen: [...unit.restartWhen, "unit:yizhan-machine-certificate.service"] }],
    health: [
      { url: `http://127.0.0.1:${ports.speech}/healthz` },
      ...machines.map((machine) => ({ url: machineHealth(machine), elsewhere: true as const })),
    ],
  };
}
