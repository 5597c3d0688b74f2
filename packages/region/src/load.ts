import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type FileKind, parseStrict, readDocument } from "./document.ts";
import { RegionError, type RegionFault } from "./errors.ts";
import { type Region, regionSchema } from "./schema.ts";

const kindOf = (code: string): FileKind => ({
  invalid: "region-invalid",
  missing: `Make one: yizhan region new ${code}`,
  schema: "regions/region.schema.json",
});

/**
 * Reads and checks `<directory>/<code>.yaml`. Throws {@link RegionError} with every fault of the
 * file, each with line, column, reason and remedy.
 */
export async function loadRegion(directory: string, code: string): Promise<Region> {
  const file = join(directory, `${code}.yaml`);
  const region = await readDocument(file, regionSchema, kindOf(code));
  if (region.code !== code) {
    throw new RegionError("region-code-mismatch", [
      {
        file,
        line: undefined,
        column: undefined,
        reason: `the file says it is ${region.code}`,
        remedy: `Rename it to ${region.code}.yaml, or correct its code.`,
      },
    ]);
  }
  return region;
}

/** Every country file of `directory`, in the order of their codes. */
export async function loadRegions(directory: string): Promise<Region[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/i.test(name)).toSorted();
  const byCode = new Map<string, string>();
  const faults: RegionFault[] = [];
  for (const name of names) {
    const code = name.replace(/\.ya?ml$/i, "").toUpperCase();
    const other = byCode.get(code);
    if (other !== undefined || name !== `${code}.yaml`) {
      faults.push({
        file: join(directory, name),
        line: undefined,
        column: undefined,
        reason: other === undefined ? "the file's name is not its code" : `${other} is the same country`,
        remedy: `Keep one file, ${code}.yaml.`,
      });
    }
    byCode.set(code, name);
  }
  if (faults.length > 0) throw new RegionError("region-duplicate", faults);
  return Promise.all([...byCode.keys()].map((code) => loadRegion(directory, code)));
}

/** Checks the text of a country file; `file` is for messages. */
export function parseRegion(text: string, file: string): Region {
  return parseStrict(text, file, regionSchema, kindOf("XX"));
}
