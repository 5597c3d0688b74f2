import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { root } from "../support/local.ts";

const run = promisify(execFile);
/** As in judge/pom.xml. */
const hapi = "8.8.0";
const judgeFolder = join(import.meta.dirname, "judge");

export interface Verdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** HL7's packages as installed: profiles, value sets, examples. */
export function hl7Package(name: "hl7.fhir.uv.ips" | "hl7.fhir.uv.extensions.r4"): string {
  return dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
}

/**
 * What HAPI's validator says of each resource by its name: `core` by FHIR R4, `ips` by the IPS bundle's profile
 * too. It has no terminology server, so codes of LOINC, SNOMED CT, ICD-10 and ATC are only warned about.
 */
export async function judge(cases: {
  readonly core?: Readonly<Record<string, unknown>>;
  readonly ips?: Readonly<Record<string, unknown>>;
}): Promise<ReadonlyMap<string, Verdict>> {
  const jars = await fetchHapi();
  const folder = await mkdtemp(join(tmpdir(), "yizhan-judge-"));
  try {
    for (const [kind, resources] of Object.entries(cases)) {
      await mkdir(join(folder, kind));
      for (const [name, resource] of Object.entries(resources ?? {})) {
        await writeFile(join(folder, kind, `${name}.json`), JSON.stringify(resource));
      }
    }
    const packages = [hl7Package("hl7.fhir.uv.ips"), hl7Package("hl7.fhir.uv.extensions.r4")];
    const flags = ["-Xmx1500m", "-XX:TieredStopAtLevel=1", "-cp", join(jars, "*")];
    const { stdout } = await run("java", [...flags, join(judgeFolder, "Judge.java"), folder, ...packages], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return verdicts(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function verdicts(output: string): ReadonlyMap<string, Verdict> {
  const found = new Map<string, { errors: string[]; warnings: string[] }>();
  for (const line of output.split("\n")) {
    const [, kind, name = "", text = ""] = /^(ERROR|WARNING|DONE) (\S+)\.json (.*)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    const one = found.get(name) ?? { errors: [], warnings: [] };
    found.set(name, one);
    if (kind === "ERROR") one.errors.push(text);
    if (kind === "WARNING") one.warnings.push(text);
  }
  return found;
}

/** HAPI's jars from Maven Central, once; resolves their folder. */
async function fetchHapi(): Promise<string> {
  const folder = join(root, `.yizhan/hapi-${hapi}`);
  if (existsSync(folder)) return folder;
  await mkdir(join(root, ".yizhan"), { recursive: true });
  const coming = await mkdtemp(`${folder}-`);
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${coming}`];
  await run("mvn", ["-q", "-B", "-f", join(judgeFolder, "pom.xml"), ...goal], { maxBuffer: 64 * 1024 * 1024 });
  await rename(coming, folder);
  return folder;
}
