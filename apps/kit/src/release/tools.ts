import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { hostPaths, manifestBytes } from "@yizhan/host";
import { type Bundle, parseSite, renderBundle, type Site } from "@yizhan/bundle";
import { defaultData } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { FleetFolder } from "../fleet/fleet-folder.ts";
import type { MachineRole, Progress, ReleaseTools } from "../fleet/release-tools.ts";
import { sitePath } from "../fleet/site.ts";
import type { Station } from "../fleet/stations.ts";
import { fetchModels } from "../models.ts";
import { buildWeb } from "../web-build.ts";
import { type Archive, makeArchive, unpackInbox } from "./archive.ts";
import { debianPackages } from "./debian-packages.ts";
import { oneMaker } from "./lock.ts";
import type { NativeBuild } from "./native.ts";
import { openPartStore } from "./part-store.ts";
import { pushArchive } from "./push.ts";
import { makeRelease } from "./release.ts";
import { signingKey } from "./signing.ts";

export interface ToolsOptions {
  readonly passphrase?: string;
  /** Makes a signing key without a passphrase where there is none: for trials. */
  readonly openKey?: boolean;
  readonly native?: NativeBuild;
  /** Where models and what is made of them are kept. */
  readonly cache?: string;
}

export interface StationArchive extends Archive {
  readonly bundle: Bundle;
}

/** What an archive is made for: all that one of a station's machines becomes. */
export interface ArchiveOf {
  readonly station: Station;
  readonly role: MachineRole;
}

/** Makes an archive from a site file. `output`: where the file goes. */
export function stationArchive(
  fleet: FleetFolder,
  what: ArchiveOf,
  output: string,
  options: ToolsOptions,
  onProgress: (progress: Progress) => void,
): Promise<StationArchive> {
  const folder = join(options.cache ?? defaultData, "release");
  return oneMaker(folder, () => madeArchive(fleet, what, output, options, onProgress));
}

async function madeArchive(
  fleet: FleetFolder,
  { station, role }: ArchiveOf,
  output: string,
  options: ToolsOptions,
  onProgress: (progress: Progress) => void,
): Promise<StationArchive> {
  const steps = ["key", "pages", "release", "packages", "models", "archive"];
  const step = (item: string) => onProgress({ done: steps.indexOf(item), total: steps.length, item });
  const line = (item: string) => onProgress({ done: 0, total: steps.length, item });
  const cache = options.cache ?? defaultData;
  const site = await siteOf(fleet, station);
  step("key");
  const key = await signingKey(fleet.path, options.passphrase, options.openKey === true ? { open: true } : {});
  step("pages");
  await buildWeb();
  step("release");
  const store = await openPartStore(join(cache, "release/parts"));
  const release = await makeRelease(store, options.native ?? "portable");
  const further = role === "speech" ? { role } : {};
  const bundle = renderBundle({ region: station.region, site, release: release.version, ...further });
  step("packages");
  const { suite, packages, own } = bundle.debian;
  const folder = join(cache, "release", `debian-${suite}`);
  const debian = await debianPackages(folder, suite, packages, line, own.length === 0 ? [] : await ownPackages(fleet, station));
  step("models");
  const models = join(cache, "models");
  const missing = await fetchModels(bundle.models, models, line);
  const carried = new Map(bundle.models.filter((id) => !missing.includes(id)).map((id) => [id, join(models, id)]));
  step("archive");
  const content = {
    country: bundle.country,
    role: bundle.role,
    bundle: JSON.stringify(bundle),
    release,
    debian,
    suite,
    memoryMiB: bundle.memoryMiB,
    models: carried,
    madeAt: Date.now(),
  };
  return { ...(await makeArchive(store, content, key, output)), bundle };
}

async function siteOf(fleet: FleetFolder, { country }: Station): Promise<Site> {
  const path = fleet.sitePath(country);
  return parseSite(await readFile(path, "utf8"), path);
}

/** How `yizhan up` makes an archive and brings it to a host. */
export function releaseTools(fleet: FleetFolder, options: ToolsOptions): ReleaseTools {
  // Each fleet's own: two of them on one machine may hold the same country.
  const prepared = join(fleet.path, "prepared");
  const made = new Map<string, { readonly archive: StationArchive; readonly given: ReadonlyMap<string, Uint8Array> }>();
  return {
    async prepare(station, role, onProgress) {
      const name = role === "speech" ? `${station.country}-speech` : station.country;
      const archive = await stationArchive(fleet, { station, role }, join(prepared, `${name}.yizhan`), options, onProgress);
      const inbox = await unpackInbox(archive.path, join(prepared, name));
      const digest = createHash("sha256").update(manifestBytes(archive.manifest)).digest("hex");
      made.set(digest, { archive, given: role === "speech" ? new Map() : await givenFiles(fleet, station) });
      return {
        release: archive.manifest.version,
        digest,
        fingerprint: archive.fingerprint,
        inbox: inbox.map((from) => ({ from, to: join(hostPaths.inbox, basename(from)) })),
        archive: { file: archive.path, sha256: archive.sha256 },
      };
    },
    async push(host, prepared, onProgress, handed = new Map()) {
      const one = made.get(prepared.digest);
      if (one === undefined) throw new TypeError("push is for what prepare gave");
      await pushArchive(host, one.archive.path, { given: new Map([...one.given, ...handed]), onProgress });
    },
  };
}

/** What the site file says lies on the operator's disk, under the names that the host looks for. */
export async function givenFiles(fleet: FleetFolder, station: Station): Promise<Map<string, Uint8Array>> {
  const given = new Map<string, Uint8Array>();
  const { supplied } = renderBundle({ region: station.region, site: await siteOf(fleet, station), release: "none" });
  for (const { path, from } of supplied) {
    if (from === undefined) continue;
    const source = sitePath(fleet.path, from);
    const content = await readFile(source).catch((error: NodeJS.ErrnoException) => {
      throw new KitError("file-missing", { path: source }, error);
    });
    given.set(basename(path), content);
  }
  return given;
}

/** Debian packages that the operator brings: Jitsi's. */
async function ownPackages(fleet: FleetFolder, { site }: Station): Promise<string[]> {
  if (site.jitsi === false) return [];
  const folder = sitePath(fleet.path, site.jitsi.packages);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new KitError("packages-unavailable", { packages: folder, reason: String(error.code) }, error);
  });
  return names.filter((name) => name.endsWith(".deb")).map((name) => join(folder, name));
}
