import { resolve } from "node:path";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { fetchFile, remoteSum } from "../fleet/fetch.ts";
import { hostVerb } from "../fleet/host-verb.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { RemoteHost } from "../fleet/ssh.ts";
import type { Text } from "../text.ts";

export interface RemoteBackupOptions extends FleetOptions {
  readonly output?: string;
  readonly keys?: string;
}

const answerSchema = z.object({
  file: z.string(),
  bytes: z.number(),
  madeAt: z.string(),
  keys: z.string(),
  tombstones: z.string().optional(),
});
type BackedUp = z.infer<typeof answerSchema>;

/**
 * `yizhan backup MZ --fleet fleet`: a sealed backup now, on the station's own host, proved there by restoring it. With
 * `--output` it is brought here, with the list of the forgotten beside it; with `--keys` the copy of the key store too.
 */
export async function remoteBackup(countries: readonly string[], options: RemoteBackupOptions, text: Text): Promise<void> {
  const { output, keys } = options;
  if ((output !== undefined || keys !== undefined) && countries.length !== 1)
    throw new KitError("invalid-argument", { argument: "--output, --keys" });
  await runFleet<BackedUp>(
    countries,
    options,
    {
      madeUp: false,
      together: 4,
      first: "asked",
      work: async (station, { fleet, say }) => {
        const host = await stationHost(fleet.path, station);
        try {
          const { result } = await hostVerb(host, "backup", {
            onEvent: (event) => {
              const line = eventLine(event, text);
              if (line !== undefined) say(line);
            },
          });
          const made = answerSchema.parse(result);
          if (output !== undefined) await brought(host, made.file, resolve(output));
          if (output !== undefined && made.tombstones !== undefined)
            await brought(host, made.tombstones, `${resolve(output)}.yzt`);
          if (keys !== undefined) await brought(host, made.keys, resolve(keys));
          return { country: station.country, ok: true, ...made };
        } finally {
          await host.close();
        }
      },
      columns: ["backup", "made-at"],
      row: (one) => [one.file, one.madeAt],
    },
    text,
  );
}

async function brought(host: RemoteHost, remote: string, path: string): Promise<void> {
  const sha256 = await remoteSum(host, remote);
  if (await fetchFile(host, remote, path, sha256)) return;
  throw new KitError("fetch-damaged", { path: remote, host: host.target.host, sha256 });
}
