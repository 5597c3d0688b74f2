import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { openArchive, openManifest } from "@yizhan/host";
import type { Command } from "commander";
import { defaultData, defaultFleet, pulumiHome } from "../environment.ts";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { infra } from "../fleet/engine.ts";
import { InstallerError } from "../fleet/host-verb.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { openStation } from "../fleet/stations.ts";
import { pushAndApply } from "../release/apply-over-ssh.ts";
import { makeKitArchive } from "../release/kit-archive.ts";
import { pinnedFingerprint } from "../release/signing.ts";
import { givenFiles, releaseTools, stationArchive, type ToolsOptions } from "../release/tools.ts";
import type { Text } from "../text.ts";
import { buildWeb } from "../web-build.ts";

interface BundleOptions {
  readonly fleet: string;
  readonly output?: string;
  /** The kit itself, in place of a station. */
  readonly kit?: boolean;
  /** For the further machines that hear, in place of the station. */
  readonly speech?: boolean;
  readonly passphraseFile?: string;
  readonly openKey?: boolean;
  readonly thisMachine?: boolean;
}

/** `yizhan bundle MZ -o mz.yizhan` and `yizhan apply MZ mz.yizhan`: the same archive by courier and over SSH. */
export function bundleCommands(yizhan: Command, text: Text): void {
  yizhan
    .command("bundle")
    .description(text("bundle.about"))
    .argument("[country]")
    .option("--kit", text("bundle.option.kit"))
    .option("--speech", text("bundle.option.speech"))
    .option("-o, --output <file>", text("bundle.option.output"))
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--passphrase-file <file>", text("bundle.option.passphrase"))
    .option("--open-key", text("bundle.option.open-key"))
    .option("--this-machine", text("bundle.option.this-machine"))
    .action((country: string | undefined, options: BundleOptions) => {
      if (options.kit === true) return bundleKit(country?.toUpperCase(), options, text);
      if (country === undefined) throw new KitError("country-missing");
      return bundle(country.toUpperCase(), options, text);
    });
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
  const archive = await stationArchive(
    fleet,
    { station, role: options.speech === true ? "speech" : "station" },
    output,
    await toolsOptions(options),
    ({ item }) => {
      if (item !== shown) console.log(text("bundle.step", { item: (shown = item) }));
    },
  );
  const { manifest, sha256, fingerprint } = archive;
  const megabytes = Math.round(archive.size / 1_048_576);
  console.log(
    text("bundle.made", { path: output, megabytes, version: manifest.version, sequence: manifest.sequence, sha256, fingerprint }),
  );
}

/**
 * `yizhan bundle --kit`: the kit with its Node, packages and Pulumi's engine, for a laptop without a network. With a country,
 * what its archives are made of too: it is fetched first.
 */
async function bundleKit(country: string | undefined, options: BundleOptions, text: Text): Promise<void> {
  await buildWeb();
  if (country !== undefined) {
    const fleet = await openFleet(options.fleet);
    const tools = releaseTools(fleet, await toolsOptions(options));
    const station = await openStation(fleet, country, { madeUp: false });
    const told = ({ item }: { item: string }) => console.log(text("bundle.step", { item }));
    await tools.prepare(station, "station", told);
    if (station.site.machines !== undefined) await tools.prepare(station, "speech", told);
  }
  const { engineVersion, findEngine } = await infra();
  const home = pulumiHome();
  const engine = (await findEngine(home)) === undefined ? undefined : { home, version: engineVersion };
  const output = resolve(options.output ?? "yizhan-kit.tar.gz");
  const made = await makeKitArchive(output, {
    engine,
    cache: country === undefined ? undefined : defaultData,
  });
  const megabytes = Math.round(made.size / 1_048_576);
  console.log(text("bundle.kit-made", { path: output, megabytes }));
  console.log(text(made.engine ? "bundle.kit-engine" : "bundle.kit-no-engine"));
}

/** What the options of a command say of how an archive is made. */
export async function toolsOptions(options: Omit<BundleOptions, "fleet" | "output" | "speech">): Promise<ToolsOptions> {
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
