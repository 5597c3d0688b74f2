import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { parseSite, type Site } from "@yizhan/bundle";

export type { Site } from "@yizhan/bundle";

/** Throws `site-invalid` with the place and the remedy of every fault. */
export async function loadSite(path: string): Promise<Site> {
  return parseSite(await readFile(path, "utf8"), path);
}

/** A path as the site file gives it: from home, absolute, or from the fleet folder. */
export function sitePath(fleet: string, given: string): string {
  if (given.startsWith("~/")) return join(homedir(), given.slice(2));
  return isAbsolute(given) ? given : resolve(fleet, given);
}
