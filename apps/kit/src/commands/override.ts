import { readFile, writeFile } from "node:fs/promises";
import { type Override, overrideHolds, overrideSchema } from "@yizhan/region";
import { isSeq, parseDocument, YAMLSeq } from "yaml";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { loadSite } from "../fleet/site.ts";
import type { Text } from "../text.ts";

export interface OverrideOptions {
  readonly fleet: string;
  readonly flow: string;
  readonly by: string;
  readonly reason: string;
  readonly until: string;
}

/**
 * `yizhan override MZ --flow … --by … --reason … --until …`: a named person answers for what the law pack refuses.
 * Written into the site file, whose other lines stay as they are; the station puts it into its audit log.
 */
export async function override(country: string, options: OverrideOptions, text: Text): Promise<void> {
  const fleet = await openFleet(options.fleet);
  const code = country.toUpperCase();
  const path = fleet.sitePath(code);
  if (!fleet.countries.includes(code)) throw new KitError("site-missing", { country: code, path });
  const { flow, by, reason, until } = options;
  const given = overrideSchema.safeParse({ flow, by, reason, until });
  if (!given.success) throw new KitError("override-invalid", { reason: z.prettifyError(given.error) });
  if (!overrideHolds(given.data, new Date().toISOString().slice(0, 10)))
    throw new KitError("override-invalid", { reason: text("override.until-when", { until }) });
  await loadSite(path);
  await writeFile(path, withOverride(await readFile(path, "utf8"), given.data));
  await loadSite(path);
  console.log(text("override.done", { country: code, flow, by: given.data.by, until, path }));
  console.log(text("region.not-legal-advice"));
}

/** One override a flow: a new one takes the place of the old. */
function withOverride(yaml: string, given: Override): string {
  const document = parseDocument(yaml);
  const known = document.get("overrides");
  const list = isSeq(known) ? known : new YAMLSeq();
  list.items = list.items.filter((item) => (item as { get?: (key: string) => unknown }).get?.("flow") !== given.flow);
  list.add(document.createNode(given));
  list.flow = false;
  document.set("overrides", list);
  return document.toString({ lineWidth: 0 });
}
