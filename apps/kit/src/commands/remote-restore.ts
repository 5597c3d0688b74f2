import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { hostPaths } from "@yizhan/host";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { must } from "../fleet/fetch.ts";
import { hostVerb, quoted } from "../fleet/host-verb.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { RemoteHost } from "../fleet/ssh.ts";
import type { Text } from "../text.ts";

export interface RemoteRestoreOptions extends FleetOptions {
  /** The name of a backup where the site keeps its copies in a bucket, or `newest`; in place of a file. */
  readonly copy?: string;
  readonly keys?: string;
  readonly tombstones?: readonly string[];
}

const folder = `${hostPaths.host}/brought`;

/**
 * `yizhan restore MZ FILE --fleet fleet`: brings the files to the station's host and has its own program restore them.
 * With `--copy newest` the host fetches them itself from the bucket where the site keeps its copies.
 */
export async function remoteRestore(
  country: string,
  file: string | undefined,
  options: RemoteRestoreOptions,
  text: Text,
): Promise<void> {
  if ((file === undefined) === (options.copy === undefined)) throw new KitError("invalid-argument", { argument: "FILE, --copy" });
  const { copy = "newest", keys, tombstones = [] } = options;
  if (tombstones.length > 1) throw new KitError("invalid-argument", { argument: "--tombstones" });
  await runFleet<{ readonly restored: unknown }>(
    [country],
    options,
    {
      madeUp: false,
      together: 1,
      first: "asked",
      work: async (station, { fleet, say, reached }) => {
        const host = await stationHost(fleet.path, station);
        try {
          const parameters = [
            ...(file === undefined ? ["--copy", copy] : ["--file", await sent(host, file)]),
            ...(keys === undefined ? [] : ["--keys", await sent(host, keys)]),
            ...(await Promise.all(tombstones.map((one) => sent(host, one)))).flatMap((path) => ["--tombstones", path]),
          ];
          reached("applied");
          const { result } = await hostVerb(host, "restore", {
            parameters,
            onEvent: (event) => {
              const line = eventLine(event, text);
              if (line !== undefined) say(line);
            },
          });
          return { country: station.country, ok: true, restored: result };
        } finally {
          await host.run(`rm -rf ${folder}`);
          await host.close();
        }
      },
      columns: ["state", "says"],
      row: (one) => [text("restore.well"), JSON.stringify(one.restored)],
    },
    text,
  );
}

async function sent(host: RemoteHost, given: string): Promise<string> {
  const path = resolve(given);
  await access(path).catch((error: unknown) => {
    throw new KitError("file-missing", { path }, error);
  });
  const target = `${folder}/${basename(path)}`;
  await must(host, `umask 077 && mkdir -p ${folder}`);
  const { code, stderr } = await host.run(`umask 077 && cat > ${quoted(target)}`, { input: createReadStream(path) });
  if (code !== 0) throw new KitError("upload-failed", { host: host.target.host, tries: 1, reason: stderr.trim() });
  return target;
}
