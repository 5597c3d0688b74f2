import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Region, regionSchema } from "./schema.ts";

/** Reads and checks `<directory>/<code>.yaml`. */
export async function loadRegion(directory: string, code: string): Promise<Region> {
  return regionSchema.parse(parse(await readFile(join(directory, `${code}.yaml`), "utf8")));
}
