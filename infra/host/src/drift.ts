import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, readBundle } from "./bundle.ts";
import { HostError } from "./errors.ts";
import { lstatOrNone, ownerOf, readOrNone, sumOf } from "./files.ts";
import { paths } from "./paths.ts";
import { readState, readWritten } from "./state.ts";
import { packageVersions } from "./steps/packages.ts";
import { currentRelease } from "./steps/release.ts";
import { secretPath } from "./steps/secrets.ts";
import { isDisabled, unitState } from "./steps/units.ts";

/** One thing on the host that is not as it was rendered. */
export interface Drift {
  readonly kind: "file" | "folder" | "unit" | "package" | "release" | "secret" | "unknown-file";
  readonly name: string;
  readonly found: string;
  readonly expected: string;
}

/** Compares the host with the bundle that was applied last. Changes nothing. Throws `not-installed`. */
export async function findDrift(): Promise<Drift[]> {
  const state = await readState();
  const text = await readOrNone(paths.bundle);
  if (state === undefined || text === undefined) throw new HostError("not-installed", "No bundle was applied here.");
  const bundle = readBundle(text.toString("utf8"));
  return [
    ...(await fileDrift(bundle)),
    ...(await folderDrift(bundle)),
    ...(await unknownFiles(bundle)),
    ...(await unitDrift(bundle)),
    ...(await packageDrift(state.packages)),
    ...(await releaseDrift(state.version)),
    ...(await secretDrift(bundle)),
  ];
}

async function fileDrift(bundle: Bundle): Promise<Drift[]> {
  const written = await readWritten();
  const drift: Drift[] = [];
  for (const file of bundle.files) {
    const found = await lstatOrNone(file.path);
    if (!found?.isFile()) {
      drift.push({
        kind: "file",
        name: file.path,
        found: found === undefined ? "missing" : "no plain file",
        expected: "as rendered",
      });
      continue;
    }
    if (sumOf((await readOrNone(file.path)) ?? "") !== written[file.path])
      drift.push({ kind: "file", name: file.path, found: "another content", expected: "as rendered" });
    drift.push(...(await access("file", file, found)));
  }
  return drift;
}

async function folderDrift(bundle: Bundle): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const folder of bundle.directories) {
    const found = await lstatOrNone(folder.path);
    if (!found?.isDirectory()) drift.push({ kind: "folder", name: folder.path, found: "missing", expected: "a folder" });
    else drift.push(...(await access("folder", folder, found)));
  }
  return drift;
}

async function access(
  kind: "file" | "folder",
  wanted: { readonly path: string; readonly mode: number; readonly owner: string; readonly group: string },
  found: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<Drift[]> {
  const drift: Drift[] = [];
  const mode = found.mode & 0o7777;
  if (mode !== wanted.mode)
    drift.push({ kind, name: wanted.path, found: `mode ${mode.toString(8)}`, expected: `mode ${wanted.mode.toString(8)}` });
  const owner = await ownerOf(wanted.owner, wanted.group);
  if (found.uid !== owner.uid || found.gid !== owner.gid)
    drift.push({
      kind,
      name: wanted.path,
      found: `owner ${found.uid}:${found.gid}`,
      expected: `${wanted.owner}:${wanted.group}`,
    });
  return drift;
}

/** Files that services read beside ours: put there by hand they change what runs. */
async function unknownFiles(bundle: Bundle): Promise<Drift[]> {
  const ours = new Set([...bundle.files, ...bundle.supplied].map((file) => file.path));
  const watched = new Set(
    bundle.files.map((file) => file.path.slice(0, file.path.lastIndexOf("/"))).filter((path) => readsAll.test(path)),
  );
  const drift: Drift[] = [];
  for (const folder of watched) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() || ours.has(path)) continue;
      drift.push({ kind: "unknown-file", name: path, found: "a file that is not ours", expected: "none" });
    }
  }
  return drift;
}

/** Folders of which a service reads every file. Debian's own files lie in some; those are left out by asking only ours. */
const readsAll = /^\/etc\/(?:yizhan|systemd\/system\/[^/]+\.d|nginx\/sites-enabled|prosody\/conf\.d)$/;

async function unitDrift(bundle: Bundle): Promise<Drift[]> {
  const ours = new Set(bundle.files.map((file) => file.path));
  const drift: Drift[] = [];
  for (const unit of bundle.units) {
    const state = await unitState(unit.name);
    if (unit.start && !state.well) drift.push({ kind: "unit", name: unit.name, found: state.active, expected: "active" });
    if (unit.enable && isDisabled(state.enabled))
      drift.push({ kind: "unit", name: unit.name, found: state.enabled || "missing", expected: "enabled" });
    for (const path of state.dropIns)
      if (path.startsWith("/etc/") && !ours.has(path))
        drift.push({ kind: "unit", name: unit.name, found: `changed by ${path}`, expected: "as rendered" });
  }
  return drift;
}

async function packageDrift(expected: Readonly<Record<string, string>>): Promise<Drift[]> {
  const found = await packageVersions(Object.keys(expected));
  return Object.entries(expected)
    .filter(([name, version]) => found[name] !== version)
    .map(([name, version]) => ({ kind: "package" as const, name, found: found[name] ?? "missing", expected: version }));
}

async function releaseDrift(version: string): Promise<Drift[]> {
  const found = await currentRelease();
  return found === version ? [] : [{ kind: "release", name: paths.current, found: found ?? "missing", expected: version }];
}

async function secretDrift(bundle: Bundle): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const secret of bundle.secrets) {
    const found = await lstatOrNone(secretPath(secret.name));
    if (found === undefined) drift.push({ kind: "secret", name: secret.name, found: "missing", expected: "made once" });
    else if ((found.mode & 0o077) !== 0)
      drift.push({ kind: "secret", name: secret.name, found: "open to others", expected: "for its owner alone" });
  }
  return drift;
}
