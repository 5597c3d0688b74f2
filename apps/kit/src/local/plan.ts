import { loadRegion, type Region, RegionError } from "@yizhan/region";
import { KitError } from "../errors.ts";

export interface PlannedNode {
  readonly code: string;
  readonly role: "hub" | "station";
  readonly region: Region;
  readonly port: number;
  /** Stations only. */
  readonly speechPort: number | undefined;
}

/**
 * Who runs where: the hub at `portBase`, the n-th station at `portBase + 10·n`, its speech
 * service one above. The order of `codes` is the order of the stations.
 */
export async function planNodes(regions: string, codes: readonly string[], portBase: number): Promise<PlannedNode[]> {
  const seen = new Set<string>();
  const loaded: Region[] = [];
  for (const given of codes) {
    const code = given.toUpperCase();
    if (!/^[A-Z]{2}$/.test(code)) throw new KitError("country-unknown", { code: given });
    if (seen.has(code)) continue;
    seen.add(code);
    loaded.push(await loadCountry(regions, code));
  }
  const hubs = loaded.filter((region) => region.role === "hub");
  const stations = loaded.filter((region) => region.role === "station");
  if (hubs.length > 1) throw new KitError("invalid-argument", { argument: hubs.map((hub) => hub.code).join(" ") });
  if (portBase < 1 || portBase + 10 * stations.length + 1 > 65_535)
    throw new KitError("invalid-argument", { argument: `--port-base ${portBase}` });
  return [
    ...hubs.map((region) => ({ code: region.code, role: "hub" as const, region, port: portBase, speechPort: undefined })),
    ...stations.map((region, index) => ({
      code: region.code,
      role: "station" as const,
      region,
      port: portBase + 10 * (index + 1),
      speechPort: portBase + 10 * (index + 1) + 1,
    })),
  ];
}

/** One country, or an error that says what is wrong with it. */
export async function loadCountry(regions: string, code: string): Promise<Region> {
  try {
    return await loadRegion(regions, code);
  } catch (error) {
    if (!(error instanceof RegionError)) throw error;
    if (error.code === "region-missing") throw new KitError("country-unknown", { code }, error);
    throw new KitError("region-invalid", { code, reason: error.message }, error);
  }
}
