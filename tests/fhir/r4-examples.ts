import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { root } from "../support/local.ts";

const run = promisify(execFile);
/** HL7's own examples of FHIR R4, CC0. Unpacked they are 190 MB, so they are fetched once and only in part, not installed. */
const archive = { name: "hl7.fhir.r4.examples", version: "4.0.1" } as const;
const sha256 = "dce87f1b5b9341867033f7d1f544fa1b5232503f6d62813887ac6b8a8b6cb682";

/** The examples of these types, by type. */
export async function r4Examples(types: readonly string[]): Promise<ReadonlyMap<string, readonly Example[]>> {
  const folder = await fetched(types);
  const examples: Example[] = [];
  for (const name of await readdir(folder)) {
    examples.push({ name, resource: JSON.parse(await readFile(join(folder, name), "utf8")) as Example["resource"] });
  }
  return Map.groupBy(examples, ({ resource }) => resource.resourceType);
}

export interface Example {
  readonly name: string;
  readonly resource: { readonly resourceType: string };
}

async function fetched(types: readonly string[]): Promise<string> {
  const folder = join(root, `.yizhan/${archive.name}-${archive.version}`);
  if (existsSync(folder)) return folder;
  await mkdir(join(root, ".yizhan"), { recursive: true });
  const coming = await mkdtemp(`${folder}-`);
  await run("npm", ["pack", `${archive.name}@${archive.version}`, "--silent", "--pack-destination", coming]);
  const file = join(coming, `${archive.name}-${archive.version}.tgz`);
  const found = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (found !== sha256) throw new Error(`${file} is not what it was: ${found}`);
  const wanted = new Set(types);
  const small = 300_000;
  await extract({
    file,
    cwd: coming,
    strip: 1,
    filter: (path, entry) => wanted.has(/^package\/([A-Za-z]+)-.*\.json$/.exec(path)?.[1] ?? "") && (entry.size ?? 0) < small,
  });
  await rm(file);
  await rename(coming, folder);
  return folder;
}
