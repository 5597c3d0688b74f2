import { join, resolve } from "node:path";
import { isCancel, text as ask } from "@clack/prompts";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { infra, needEngine, openPassphrase, stackPlace } from "../fleet/engine.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { type HandedOver, handOverStation } from "../fleet/hand-over.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
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
            const done = await handOverStation(host, {
              country,
              folder: join(fleet.path, "handover"),
              sealedFor,
              onEvent: (event) => {
                const line = eventLine(event, text);
                if (line !== undefined) say(line);
              },
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
            return { country, ok: true, ...done };
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

async function confirmed(country: string, host: string, text: Text): Promise<void> {
  if (!process.stdin.isTTY) throw new KitError("not-confirmed", { country });
  const answer = await ask({ message: text("down.ask", { country, host }) });
  if (isCancel(answer) || answer.trim().toUpperCase() !== country) throw new KitError("not-confirmed", { country });
}
