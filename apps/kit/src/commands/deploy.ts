import { type Deployed, deployStation, isUp } from "../fleet/deploy-station.ts";
import { openPassphrase, stackPlace } from "../fleet/engine.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import { machineLine } from "../fleet/machines.ts";
import { releaseTools } from "../release/tools.ts";
import type { Text } from "../text.ts";
import { callsCell } from "../fleet/calls.ts";

export interface DeployOptions extends FleetOptions {
  readonly passphraseFile?: string;
  /** Without Pulumi's engine. */
  readonly direct?: boolean;
  /** A signing key without a passphrase, for trials; only without the engine, whose state needs one. */
  readonly openKey?: boolean;
  /** With what was compiled for this machine's processor: the host must have no older one. */
  readonly thisMachine?: boolean;
  /** Where the release, its parts and the models are kept. */
  readonly data?: string;
}

/**
 * `yizhan up MZ` and `yizhan upgrade MZ`: law, host, release, steps, health, a call for three. The installer takes a snapshot first,
 * and goes back with its data where the new release is not healthy.
 */
export async function deploy(countries: readonly string[], options: DeployOptions, text: Text): Promise<void> {
  const folder = await openFleet(options.fleet);
  const passphrase =
    options.openKey === true && options.direct === true ? undefined : await openPassphrase(options.passphraseFile, text);
  const place = options.direct === true || passphrase === undefined ? {} : { place: stackPlace(folder, passphrase) };
  const tools = releaseTools(folder, {
    ...(passphrase === undefined ? { openKey: true } : { passphrase: passphrase.text }),
    ...(options.thisMachine === true ? { native: "this-machine" as const } : {}),
    ...(options.data === undefined ? {} : { cache: options.data }),
  });
  try {
    await runFleet<Deployed>(
      countries,
      options,
      {
        madeUp: false,
        // The archive of one country is made while another is sent; two are enough for one line.
        together: 2,
        first: "judged",
        work: async (station, { fleet, say, reached }) => {
          const deployed = await deployStation(station, { fleet: fleet.path, tools, ...place, text, say, reached });
          // A station that nobody outside can call is not up.
          return { country: station.country, ok: isUp(deployed), ...deployed };
        },
        columns: ["release", "changed", "calls"],
        row: (one) => [
          one.release,
          [String(one.changed.length), ...one.machines.map((machine) => machineLine(machine))].join("\n"),
          callsCell(one.calls, text),
        ],
      },
      text,
    );
  } finally {
    await passphrase?.close();
  }
}
