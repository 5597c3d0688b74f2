import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isCancel, text as ask } from "@clack/prompts";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { saying, stationHost } from "../fleet/deploy-station.ts";
import { infra, needEngine, openPassphrase, stackPlace } from "../fleet/engine.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { type HandedOver, handOverStation } from "../fleet/hand-over.ts";
import { hostVerb } from "../fleet/host-verb.ts";
import { eachMachine, machineLine, type MachineEntry } from "../fleet/machines.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { Station } from "../fleet/stations.ts";
import { writeWhole } from "../local/data-folder.ts";
import { stackInput } from "../fleet/stack-input.ts";
import type { Text } from "../text.ts";

export interface HandOverCommandOptions extends FleetOptions {
  readonly recipient?: string;
  readonly passphraseFile?: string;
  readonly direct?: boolean;
  readonly yes?: boolean;
}

/** `yizhan down MZ`: a sealed handover archive, fetched and compared; then the keys are destroyed, with a certificate. */
export async function handOver(countries: readonly string[], options: HandOverCommandOptions, text: Text): Promise<void> {
  const folder = await openFleet(options.fleet);
  const passphrase =
    options.direct === true && options.recipient !== undefined ? undefined : await openPassphrase(options.passphraseFile, text);
  const sealedFor =
    options.recipient === undefined
      ? ({ kind: "passphrase", file: passphrase?.file ?? "" } as const)
      : ({ kind: "recipient", file: resolve(options.recipient) } as const);
  try {
    await runFleet<HandedOver>(
      countries,
      options,
      {
        madeUp: false,
        together: 1,
        first: "judged",
        work: async (station, { fleet, say, reached }) => {
          const { country } = station;
          const host = await stationHost(fleet.path, station);
          try {
            if (options.yes !== true) await confirmed(country, host.target.host, text);
            reached("applied");
            // First those that hold no records: where one of them cannot be reached, the station is as it was.
            const machines = await destroyMachines(fleet.path, station, text, say);
            if (machines.some((one) => !one.ok)) throw new KitError("machines-left", leftIn(country, machines));
            const done = await handOverStation(host, {
              country,
              folder: join(fleet.path, "handover"),
              sealedFor,
              onEvent: saying(text, say),
              fetching: (size) => say(text("down.fetching", { size })),
            });
            if (options.direct !== true && passphrase !== undefined) {
              const { CountryStack } = await infra();
              const nothing = { release: "", digest: "", fingerprint: "", inbox: [] };
              const stack = await CountryStack.open(
                await needEngine(say, text),
                stackPlace(folder, passphrase),
                stackInput(fleet.path, station, nothing),
              );
              await stack.destroy();
            }
            return { country, ok: true, ...done, ...(machines.length === 0 ? {} : { machines }) };
          } finally {
            await host.close();
          }
        },
        columns: ["archive", "certificate"],
        row: (one) => [`${one.archive}\nSHA-256 ${one.sha256}`, one.certificate],
      },
      text,
    );
  } finally {
    await passphrase?.close();
  }
}

function leftIn(country: string, machines: readonly MachineEntry[]) {
  const left = machines.filter((one) => !one.ok);
  return { country, list: left.map((one) => machineLine(one)).join("; ") };
}

/** Takes everything from a station's further machines; each signs that what it was handed is destroyed. */
function destroyMachines(fleet: string, station: Station, text: Text, say: (line: string) => void) {
  return eachMachine(fleet, station, text, async (machine) => {
    const { host } = machine.target;
    try {
      const { result } = await hostVerb(machine, "destroy", {
        parameters: ["--discard-data"],
        onEvent: saying(text, (line) => say(`${host}  ${line}`)),
      });
      const { certificate } = z.object({ certificate: z.unknown() }).parse(result);
      const path = join(fleet, "handover", `${station.country}-${host.replaceAll(":", "-")}.certificate.json`);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeWhole(path, `${JSON.stringify(certificate, null, 2)}\n`);
      return { ok: true, certificate: path };
    } catch (error) {
      // A run before this one did it, or it was never installed.
      if (error instanceof KitError && error.code === "host-not-installed") return { ok: true };
      throw error;
    }
  });
}

async function confirmed(country: string, host: string, text: Text): Promise<void> {
  if (!process.stdin.isTTY) throw new KitError("not-confirmed", { country });
  const answer = await ask({ message: text("down.ask", { country, host }) });
  if (isCancel(answer) || answer.trim().toUpperCase() !== country) throw new KitError("not-confirmed", { country });
}
