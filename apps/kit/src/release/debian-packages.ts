import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { childEnvironment, fetchingEnvironment } from "../environment.ts";
import { KitError } from "../errors.ts";

export interface DebianFile {
  /** apt's own name without the epoch: `nginx_1.22.1-9_amd64.deb`. */
  readonly name: string;
  readonly path: string;
}

export interface DebianPackages {
  readonly files: readonly DebianFile[];
  /** The `Packages` file of the repository that they make. */
  readonly index: string;
}

/**
 * The packages and all that they need on a machine that has nothing, downloaded by apt itself: it checks Debian's signatures.
 * Its state is a folder of ours, so that what this machine has installed does not count. `own`: paths of packages that Debian does not have. Throws `packages-unavailable`.
 */
export async function debianPackages(
  folder: string,
  suite: string,
  packages: readonly string[],
  line: (text: string) => void,
  own: readonly string[] = [],
): Promise<DebianPackages> {
  const archives = join(folder, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(join(folder, "lists/partial"), { recursive: true });
  await writeFile(join(folder, "status"), "");
  const list = await sources(suite);
  const options = settings(folder).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = async (...parameters: string[]): Promise<string> => {
    try {
      const { stdout } = await execa("apt-get", [...options, ...parameters], { env: fetchingEnvironment(), extendEnv: false });
      return stdout;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new KitError(
        "packages-unavailable",
        { packages: packages.join(" "), reason: reason.split("\n").slice(-6).join("\n") },
        error,
      );
    }
  };
  if (await stale(folder, list)) {
    line(`apt-get update (${suite})`);
    await writeFile(join(folder, "sources.list"), list);
    try {
      await apt("update");
      await writeFile(join(folder, "updated"), list);
    } catch (error) {
      // On a laptop without a network: what was brought with it, and of when it is.
      const before = await stat(join(folder, "updated")).catch(() => undefined);
      if (before === undefined) throw error;
      line(`no network: packages as of ${before.mtime.toISOString().slice(0, 10)}`);
    }
  }
  const install = ["-y", "--no-install-recommends", "install", ...packages];
  const planned = [...(await apt("-s", ...install)).matchAll(/^Inst (\S+)(?: \[[^\]]*\])? \((\S+) .*\[(\w+)\]\)/gm)];
  line(`${planned.length} Debian packages`);
  const before = await readdir(archives);
  // What apt has downloaded it has checked; it is asked again only where something is missing.
  if (planned.some(([, ...words]) => !before.includes(fileOf(words)))) await apt("--download-only", ...install);
  const there = await readdir(archives);
  const files = planned.map(([, ...words]) => {
    const file = fileOf(words);
    if (!there.includes(file)) throw new KitError("packages-unavailable", { packages: file, reason: archives });
    return { name: file.replace(/_\d+%3a/, "_"), path: join(archives, file) };
  });
  files.push(...own.map((path) => ({ name: basename(path), path })));
  const sorted = files.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return { files: sorted, index: await indexOf(folder, sorted) };
}

/** apt's own name for what it downloads. */
function fileOf([name = "", version = "", architecture = ""]: readonly string[]): string {
  return `${name.replace(/:.*$/, "")}_${version.replace(":", "%3a")}_${architecture}.deb`;
}

function settings(folder: string): [string, string][] {
  return [
    ["Dir::Etc::SourceList", join(folder, "sources.list")],
    ["Dir::Etc::SourceParts", "/dev/null"],
    ["Dir::State::Lists", join(folder, "lists")],
    ["Dir::State::status", join(folder, "status")],
    ["Dir::Cache::Archives", join(folder, "archives")],
    ["Dir::Cache::pkgcache", ""],
    ["Dir::Cache::srcpkgcache", ""],
    ["APT::Sandbox::User", "root"],
    ["APT::Install-Recommends", "false"],
    ["Acquire::Languages", "none"],
    ["Debug::NoLocking", "1"],
  ];
}

/** Debian's own archive and its security updates, by the mirror this machine uses where it is a Debian. */
async function sources(suite: string): Promise<string> {
  const places: string[] = [];
  const folder = "/etc/apt/sources.list.d";
  const names = await readdir(folder).catch(() => []);
  for (const path of ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))]) {
    const text = await readFile(path, "utf8").catch(() => "");
    places.push(
      ...[...text.matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(https?:\S+)/gm)].map(([, uri = ""]) => uri.replace(/\/$/, "")),
    );
  }
  const main = places.find((uri) => uri.endsWith("/debian")) ?? "http://deb.debian.org/debian";
  const security = places.find((uri) => uri.endsWith("/debian-security")) ?? "http://deb.debian.org/debian-security";
  const signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  return [
    `deb ${signed} ${main} ${suite} main`,
    `deb ${signed} ${main} ${suite}-updates main`,
    `deb ${signed} ${security} ${suite}-security main`,
    "",
  ].join("\n");
}

/** Lists are asked for again after half a day, so that security updates get into the next bundle. */
async function stale(folder: string, list: string): Promise<boolean> {
  const mark = join(folder, "updated");
  const text = await readFile(mark, "utf8").catch(() => "");
  return text !== list || Date.now() - (await stat(mark)).mtimeMs > 43_200_000;
}

/** One stanza a package: its own control fields, where it lies and its sum. */
async function indexOf(folder: string, files: readonly DebianFile[]): Promise<string> {
  const stanzas: string[] = [];
  await mkdir(join(folder, "stanzas"), { recursive: true });
  for (const file of files) {
    const known = join(folder, "stanzas", file.name);
    const { size } = await stat(file.path);
    let stanza = await readFile(known, "utf8").catch(() => "");
    if (!stanza.includes(`\nSize: ${size}\n`)) {
      const { stdout } = await execa("dpkg-deb", ["-f", file.path], { env: childEnvironment(), extendEnv: false });
      stanza = `${stdout.trim()}\nFilename: ./${file.name}\nSize: ${size}\nSHA256: ${await sumOf(file.path)}\n`;
      await writeFile(known, stanza);
    }
    stanzas.push(stanza);
  }
  return stanzas.join("\n");
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
