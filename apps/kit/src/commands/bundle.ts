import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { openArchive, openManifest } from "@yizhan/host";
import type { Command } from "commander";
import { defaultFleet } from "../environment.ts";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { InstallerError } from "../fleet/host-verb.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { openStation } from "../fleet/stations.ts";
import { pushAndApply } from "../release/apply-over-ssh.ts";
import { pinnedFingerprint } from "../release/signing.ts";
import { givenFiles, stationArchive, type ToolsOptions } from "../release/tools.ts";
import type { Text } from "../text.ts";

interface BundleOptions {
  readonly fleet: string;
  readonly output?: string;
  readonly passphraseFile?: string;
  readonly openKey?: boolean;
  readonly thisMachine?: boolean;
}

/** `yizhan bundle MZ -o mz.yizhan` and `yizhan apply MZ mz.yizhan`: the same archive by courier and over SSH. */
export function bundleCommands(yizhan: Command, text: Text): void {
  yizhan
    .command("bundle")
    .description(text("bundle.about"))
    .argument("<country>")
    .option("-o, --output <file>", text("bundle.option.output"))
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--passphrase-file <file>", text("bundle.option.passphrase"))
    .option("--open-key", text("bundle.option.open-key"))
    .option("--this-machine", text("bundle.option.this-machine"))
    .action((country: string, options: BundleOptions) => bundle(country.toUpperCase(), options, text));
  yizhan
    .command("apply")
    .description(text("apply.about"))
    .argument("<country>")
    .argument("<archive>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .action((country: string, archive: string, options: { fleet: string }) =>
      apply(country.toUpperCase(), archive, options, text),
    );
}

async function bundle(country: string, options: BundleOptions, text: Text): Promise<void> {
  const fleet = await openFleet(options.fleet);
  const station = await openStation(fleet, country, { madeUp: false });
  const output = resolve(options.output ?? `${country.toLowerCase()}.yizhan`);
  let shown = "";
  const archive = await stationArchive(fleet, station, output, await toolsOptions(options), ({ item }) => {
    if (item !== shown) console.log(text("bundle.step", { item: (shown = item) }));
  });
  const { manifest, sha256, fingerprint } = archive;
  const megabytes = Math.round(archive.size / 1_048_576);
  console.log(
    text("bundle.made", { path: output, megabytes, version: manifest.version, sequence: manifest.sequence, sha256, fingerprint }),
  );
}

/** What the options of a command say of how an archive is made. */
export async function toolsOptions(options: Omit<BundleOptions, "fleet" | "output">): Promise<ToolsOptions> {
  const { passphraseFile } = options;
  return {
    ...(passphraseFile === undefined ? {} : { passphrase: (await readFile(passphraseFile, "utf8")).trim() }),
    ...(options.openKey === true ? { openKey: true } : {}),
    ...(options.thisMachine === true ? { native: "this-machine" } : {}),
  };
}

async function apply(country: string, archive: string, options: { fleet: string }, text: Text): Promise<void> {
  const fleet = await openFleet(options.fleet);
  const station = await openStation(fleet, country, { madeUp: false });
  const source = await openArchive(archive);
  const { manifest } = openManifest(source.manifest, source.signature);
  if (manifest.country !== country)
    throw new KitError("archive-refused", { path: archive, reason: manifest.country, remedy: country });
  const host = await stationHost(fleet.path, station);
  const { target } = host;
  await host.close();
  let shown = -1;
  const applied = pushAndApply(target, archive, {
    fingerprint: await pinnedFingerprint(fleet.path),
    given: await givenFiles(fleet, station),
    onProgress({ done, total, item }) {
      const percent = Math.floor((done / total) * 10) * 10;
      if (percent !== shown) console.log(text("apply.sending", { item, percent: (shown = percent) }));
    },
    onEvent(event) {
      const line = eventLine(event, text);
      if (line !== undefined) console.log(line);
    },
  });
  const { changed } = await applied.catch((error: unknown) => {
    if (!(error instanceof InstallerError)) throw error;
    throw new KitError(
      "host-failed",
      { host: target.host, reason: `${error.code}: ${error.message}`, remedy: error.remedy },
      error,
    );
  });
  console.log(text("apply.done", { host: target.host, count: changed.length }));
}
