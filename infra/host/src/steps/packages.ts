import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkedPart } from "../archive/parts.ts";
import { type Context, noteChange } from "../context.ts";
import { HostError } from "../errors.ts";
import { lstatOrNone, readOrNone, writeWhole } from "../files.ts";
import { putFile } from "../put.ts";
import { paths } from "../paths.ts";
import { attempt, run } from "../shell.ts";

const policy = "/usr/sbin/policy-rc.d";
const policyText = "#!/bin/sh\n# Yizhan: nothing starts before it is configured.\nexit 101\n";

/** Debian's packages, from the archive alone: the host's own sources are not asked. */
export async function installPackages(context: Context, before: (added: readonly string[]) => Promise<void>): Promise<void> {
  const { manifest, bundle, source, report } = context;
  const wanted = [...bundle.debian.packages, ...bundle.debian.own];
  const index = manifest.parts.find((part) => part.kind === "index");
  if (index === undefined || wanted.length === 0) return;
  const lists = join(paths.debs, "lists");
  await run("mkdir", ["-p", join(lists, "partial")]);
  await putFile(checkedPart(source, index), join(paths.debs, "Packages"), 0o644);
  await writeWhole(join(paths.debs, "sources.list"), `deb [trusted=yes] file:${paths.debs} ./\n`, 0o644);
  // A run that was cut off may have left packages unpacked but not configured.
  await withoutStarting(() => run("dpkg", ["--configure", "-a"]));
  await run("apt-get", [...settings, "update"]);
  const install = [...settings, "-y", "--no-install-recommends", "install", ...wanted];
  const planned = [...(await run("apt-get", ["-s", ...install])).matchAll(/^Inst (\S+)(?: \[([^\]]*)\])? \((\S+)/gm)];
  if (planned.length === 0) return;
  const parts = manifest.parts.filter((part) => part.kind === "package");
  let done = 0;
  for (const [, name = "", , version = ""] of planned) {
    // apt's file names leave the epoch out.
    const plain = `${name.replace(/:.*$/, "")}_${version.replace(/^\d+:/, "")}_`;
    const part = parts.find((one) => one.name.startsWith(plain));
    if (part === undefined) throw new HostError("part-missing", `The archive has no package ${name} ${version}.`);
    const path = join(paths.debs, part.name);
    if ((await lstatOrNone(path))?.size !== part.size) await putFile(checkedPart(source, part), path, 0o644);
    report({ type: "progress", step: "packages", done: (done += 1), total: planned.length, item: part.name });
  }
  await before(planned.filter(([, , old]) => old === undefined).map(([, name = ""]) => name.replace(/:.*$/, "")));
  await withoutStarting(() => run("apt-get", install));
  for (const [, name = "", , version = ""] of planned) noteChange(context, `package:${name}`, `package ${name} ${version}`);
  for (const part of parts) await rm(join(paths.debs, part.name), { force: true });
}

/** Versions of our packages as dpkg knows them; a package that is gone is absent. */
export async function packageVersions(names: readonly string[]): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  const { stdout } = await attempt("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Abbrev} ${Version}\\n", ...names]);
  const versions: Record<string, string> = {};
  for (const line of stdout.split("\n")) {
    const [name, status, version] = line.split(/\s+/);
    if (name !== undefined && version !== undefined && status?.startsWith("ii")) versions[name] = version;
  }
  return versions;
}

const settings = [
  ["Dir::Etc::SourceList", join(paths.debs, "sources.list")],
  ["Dir::Etc::SourceParts", "/dev/null"],
  ["Dir::State::Lists", join(paths.debs, "lists")],
  ["Dir::Cache::pkgcache", ""],
  ["Dir::Cache::srcpkgcache", ""],
  ["APT::Sandbox::User", "root"],
  ["APT::Get::List-Cleanup", "0"],
  ["Acquire::Languages", "none"],
  ["Dpkg::Use-Pty", "0"],
  ["Dpkg::Options::", "--force-confold"],
].flatMap(([key, value]) => ["-o", `${key}=${value}`]);

/** While packages are unpacked none of their services starts with a configuration that is not ours yet. */
async function withoutStarting<T>(work: () => Promise<T>): Promise<T> {
  const other = await readOrNone(policy);
  const ours = other === undefined || other.toString("utf8") === policyText;
  if (ours) await writeWhole(policy, policyText, 0o755);
  try {
    return await work();
  } finally {
    if (ours) await rm(policy, { force: true });
  }
}
