import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { writeSecretFile } from "@yizhan/vault";
import type { Command } from "commander";
import { defaultFleet } from "../environment.ts";
import { KitError } from "../errors.ts";
import { stationHost } from "../fleet/deploy-station.ts";
import { must } from "../fleet/fetch.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { quoted } from "../fleet/host-verb.ts";
import { sealedRootFor } from "../fleet/sealed-root.ts";
import { openStation, type Station } from "../fleet/stations.ts";
import type { Text } from "../text.ts";

interface RootOptions {
  readonly fleet: string;
  readonly output?: string;
  readonly credentials: string;
  readonly root?: string;
  readonly endpoint?: string;
}

/** `yizhan root MZ`: the root of a station whose site file names a KMS key, sealed under it; a root that is there is never replaced. */
export function rootCommand(yizhan: Command, text: Text): void {
  yizhan
    .command("root")
    .description(text("root.about"))
    .argument("<country>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("-o, --output <file>", text("root.option.output"))
    .option("--credentials <file>", text("root.option.credentials"), join(homedir(), ".aws/credentials"))
    .option("--root <file>", text("root.option.root"))
    .option("--endpoint <url>", text("root.option.endpoint"))
    .action((country: string, options: RootOptions) => giveRoot(country.toUpperCase(), options, text));
}

/** Seals it, puts it where it is wanted, and says so. Throws `root-there` and what {@link sealedRootFor} throws. */
export async function giveRoot(country: string, options: RootOptions, text: Text): Promise<void> {
  const folder = await openFleet(options.fleet);
  const station = await openStation(folder, country, { madeUp: false });
  const {
    text: content,
    keyId,
    path,
  } = await sealedRootFor(station, {
    credentials: resolve(options.credentials),
    root: options.root && resolve(options.root),
    endpoint: options.endpoint,
  });
  if (options.output === undefined) await ontoHost(folder.path, station, path, content);
  else await intoFile(resolve(options.output), content);
  console.log(text("root.done", { country, key: keyId, path: options.output ?? path }));
  console.log(text("root.only"));
}

async function intoFile(path: string, content: string): Promise<void> {
  try {
    await writeSecretFile(path, content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new KitError("root-there", { path }, error);
    throw error;
  }
}

/** Whole or not at all, and never over one that is there: what that one sealed would be lost. */
async function ontoHost(fleet: string, station: Station, path: string, content: string): Promise<void> {
  const host = await stationHost(fleet, station);
  try {
    const [target, partial] = [quoted(path), quoted(`${path}.partial`)];
    if ((await must(host, `test ! -e ${target} || echo there`)).trim() === "there")
      throw new KitError("root-there", { path: `${host.target.host}:${path}` });
    await must(
      host,
      `umask 077 && mkdir -p "$(dirname ${target})" && cat > ${partial} && chmod 400 ${partial} && sync ${partial} && ln ${partial} ${target} && rm ${partial}`,
      `${content}\n`,
    );
  } finally {
    await host.close();
  }
}
