import { join } from "node:path";
import { siteSchema } from "@yizhan/bundle";
import { loadRegion, loadRegions, type Region } from "@yizhan/region";
import { root } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { FleetFolder } from "./fleet-folder.ts";
import { loadSite, type Site } from "./site.ts";

export const regionsFolder = join(root, "regions");

/** A country with where it stands. */
export interface Station {
  readonly country: string;
  readonly region: Region;
  readonly site: Site;
  /** True where no site file is there and the country file's first hosting stands in, for planning only. */
  readonly madeUp: boolean;
}

/**
 * The countries a command is for: those named, or with `all` those that have a site file; where the fleet has none
 * and `anywhere` is set, every country file. Throws `country-unknown`, `fleet-empty`.
 */
export async function chosenCountries(
  fleet: FleetFolder,
  given: readonly string[],
  options: { all: boolean; anywhere: boolean },
): Promise<string[]> {
  if (given.length > 0) return given.map((code) => code.toUpperCase());
  if (!options.all) throw new KitError("country-missing");
  if (fleet.countries.length > 0) return [...fleet.countries];
  if (!options.anywhere) throw new KitError("fleet-empty", { path: fleet.path });
  return (await loadRegions(regionsFolder)).map((region) => region.code);
}

/** Throws `site-missing` where there is no site file and none may be made up. */
export async function openStation(fleet: FleetFolder, country: string, options: { madeUp: boolean }): Promise<Station> {
  const region = await loadRegion(regionsFolder, country);
  if (fleet.countries.includes(country)) {
    const site = await loadSite(fleet.sitePath(country));
    if (site.country !== country)
      throw new KitError("site-invalid", { path: fleet.sitePath(country), reason: `country: ${site.country}` });
    return { country, region, site, madeUp: false };
  }
  if (!options.madeUp) throw new KitError("site-missing", { country, path: fleet.sitePath(country) });
  return { country, region, site: madeUpSite(region), madeUp: true };
}

/** Addresses of RFC 5737 and names of RFC 2606: nothing of it can be reached by mistake. */
function madeUpSite(region: Region): Site {
  const [hosting] = region.hosting;
  const name = `${region.code.toLowerCase()}.example.org`;
  return siteSchema.parse({
    country: region.code,
    size: "clinic",
    target:
      hosting?.kind === "aws"
        ? { kind: "aws", region: hosting.region, account: "000000000000" }
        : { kind: "debian", host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" },
    names: { station: name, meet: `meet.${name}`, turn: `turn.${name}` },
    address: "192.0.2.1",
    tls: { kind: "internal" },
    unseal: { kind: "file" },
    alerts: {},
    backup: { at: "02:30", keep: 14, target: { kind: "directory", path: "/var/backups/yizhan" } },
    jitsi: false,
  });
}
