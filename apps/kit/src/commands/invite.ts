import { join } from "node:path";
import type { Command } from "commander";
import { loadRegion } from "@yizhan/region";
import { defaultFleet } from "../environment.ts";
import { KitError } from "../errors.ts";
import { stationHost } from "../fleet/deploy-station.ts";
import { must } from "../fleet/fetch.ts";
import { type FleetFolder, openFleet } from "../fleet/fleet-folder.ts";
import { hostVerb } from "../fleet/host-verb.ts";
import { openStation, regionsFolder, type Station } from "../fleet/stations.ts";
import { writeWhole } from "../local/data-folder.ts";
import type { Text } from "../text.ts";

/** `yizhan invite MZ`: has the fleet's hub expect a station, and writes what that station needs to join it, once. */
export function inviteCommand(yizhan: Command, text: Text): void {
  yizhan
    .command("invite")
    .description(text("invite.about"))
    .argument("<country>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .action((country: string, { fleet }: { fleet: string }) => invite(country.toUpperCase(), fleet, text));
}

async function invite(country: string, folder: string, text: Text): Promise<void> {
  const fleet = await openFleet(folder);
  await loadRegion(regionsFolder, country);
  const hub = await hubOf(fleet);
  const host = await stationHost(fleet.path, hub);
  try {
    const { result } = await hostVerb(host, "invite", { parameters: [country] });
    const path = join(fleet.path, `${country}.invitation.json`);
    await writeWhole(path, `${JSON.stringify(result, null, 2)}\n`);
    const url = `https://${hub.site.names.station}`;
    const line = [`url: ${url}`, `invitation: ./${country}.invitation.json`];
    if (hub.site.tls.kind === "internal") {
      // No public authority vouches for it: the station has to know whose certificate counts.
      const authority = `${hub.country}.authority.pem`;
      await writeWhole(join(fleet.path, authority), await must(host, "cat /etc/yizhan/tls/authority.pem"));
      line.push(`authority: ./${authority}`);
    }
    console.log(text("invite.done", { country, path, line: `hub: { ${line.join(", ")} }` }));
  } finally {
    await host.close();
  }
}

/** The one site of the fleet that is a hub. Throws `hub-missing`. */
async function hubOf(fleet: FleetFolder): Promise<Station> {
  for (const country of fleet.countries) {
    const { role } = await loadRegion(regionsFolder, country);
    if (role === "hub") return openStation(fleet, country, { madeUp: false });
  }
  throw new KitError("hub-missing", { path: fleet.path });
}
