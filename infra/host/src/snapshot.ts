import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Bundle, readBundle } from "./bundle.ts";
import type { Context } from "./context.ts";
import { HostError } from "./errors.ts";
import { linkTo, lstatOrNone, readOrNone, writeWhole } from "./files.ts";
import { paths } from "./paths.ts";
import { attempt, run } from "./shell.ts";
import { type HostState, readState, readWritten, writeState } from "./state.ts";
import { dumpDatabase, portOf, restoreDatabase, startCluster } from "./steps/databases.ts";
import { writeFiles } from "./steps/files.ts";
import { currentRelease } from "./steps/release.ts";
import { bringUnits, unitState } from "./steps/units.ts";

/** What `rollback` brings back: the release and its bundle, the databases, and the folders where a service keeps data of its own. */
const snapshotSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  madeAt: z.string(),
  version: z.string(),
  folders: z.array(z.string()),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const dataFolders = ["station", "hub"];
const kept = 3;

/** Units of ours that touch data: stopped while it is copied or put back. */
const touching = (bundle: Bundle) => bundle.units.filter((unit) => unit.name.startsWith("yizhan-"));

async function stopUnits(bundle: Bundle): Promise<string[]> {
  const running: string[] = [];
  for (const unit of touching(bundle))
    if (["active", "activating"].includes((await unitState(unit.name)).active)) running.push(unit.name);
  if (running.length > 0) await run("systemctl", ["stop", ...running]);
  return running;
}

/** Copies what the station holds, with its services stopped; starts them again unless `leaveStopped`. */
export async function takeSnapshot(report: Context["report"], state: HostState, leaveStopped: boolean): Promise<Snapshot> {
  const bundleText = await readOrNone(paths.bundle);
  if (bundleText === undefined) throw new HostError("not-installed", `${paths.bundle} is missing.`);
  const bundle = readBundle(bundleText.toString("utf8"));
  const madeAt = new Date().toISOString();
  const id = `${madeAt.replaceAll(/[-:]|\.\d+/g, "")}-${state.version}`;
  const folder = join(paths.snapshots, id);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, "databases"), { recursive: true, mode: 0o700 });
  const running = await stopUnits(bundle);
  try {
    for (const database of bundle.databases) {
      report({ type: "note", text: `snapshot of database ${database.name}` });
      await dumpDatabase(portOf(bundle, database), database.name, join(partial, "databases", `${database.name}.dump`));
    }
    const folders: string[] = [];
    for (const name of dataFolders) {
      if ((await lstatOrNone(join(paths.var, name))) === undefined) continue;
      await run("cp", ["-a", "--reflink=auto", join(paths.var, name), join(partial, name)]);
      folders.push(name);
    }
    await writeWhole(join(partial, "bundle.json"), bundleText);
    await writeWhole(join(partial, "state.json"), JSON.stringify(state));
    const snapshot: Snapshot = {
      format: 1,
      id,
      madeAt,
      version: state.version,
      folders,
    };
    await writeWhole(join(partial, "snapshot.json"), JSON.stringify(snapshot));
    await run("sync", ["-f", partial]);
    await rename(partial, folder);
    await removeOld();
    return snapshot;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (running.length > 0) await attempt("systemctl", ["start", ...running]);
    throw error;
  } finally {
    if (!leaveStopped && running.length > 0) await run("systemctl", ["start", ...running]);
  }
}

/** Newest first. */
export async function listSnapshots(): Promise<Snapshot[]> {
  const names = await readdir(paths.snapshots).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found: Snapshot[] = [];
  for (const name of names
    .filter((one) => !one.endsWith(".partial"))
    .toSorted()
    .toReversed()) {
    const text = await readOrNone(join(paths.snapshots, name, "snapshot.json"));
    if (text !== undefined) found.push(snapshotSchema.parse(JSON.parse(text.toString("utf8"))));
  }
  return found;
}

async function removeOld(): Promise<void> {
  for (const { id } of (await listSnapshots()).slice(kept)) await rm(join(paths.snapshots, id), { recursive: true, force: true });
}

/**
 * Puts a snapshot back: release, files, databases, data. What was written since is lost. `now` is the bundle whose units run
 * at the moment. Throws `snapshot-missing`.
 */
export async function restoreSnapshot(
  report: Context["report"],
  id: string,
  now: Bundle,
): Promise<{ bundle: Bundle; version: string }> {
  const folder = join(paths.snapshots, id);
  const [meta, bundleText, stateText] = await Promise.all(
    ["snapshot.json", "bundle.json", "state.json"].map((name) => readOrNone(join(folder, name))),
  );
  if (meta === undefined || bundleText === undefined || stateText === undefined)
    throw new HostError("snapshot-missing", `There is no snapshot ${id}.`);
  const snapshot = snapshotSchema.parse(JSON.parse(meta.toString("utf8")));
  const release = join(paths.releases, snapshot.version);
  if ((await lstatOrNone(join(release, ".whole"))) === undefined)
    throw new HostError("snapshot-missing", `The release ${snapshot.version} is no longer on this host.`);
  const bundle = readBundle(bundleText.toString("utf8"));
  await stopUnits(now);
  await stopUnits(bundle);
  for (const database of bundle.databases) {
    await startCluster(database.cluster, portOf(bundle, database));
    await restoreDatabase(portOf(bundle, database), database, join(folder, "databases", `${database.name}.dump`));
  }
  for (const name of snapshot.folders) {
    await run("cp", ["-a", "--reflink=auto", join(folder, name), join(paths.var, `${name}.restored`)]);
    await rm(join(paths.var, name), { recursive: true, force: true });
    await rename(join(paths.var, `${name}.restored`), join(paths.var, name));
  }
  const changed = new Set<string>();
  if ((await currentRelease()) !== snapshot.version) {
    await linkTo(paths.current, release);
    changed.add(paths.current);
  }
  const context = { report, bundle, changed } as Context;
  await writeFiles(context);
  const written = await readWritten();
  if (Object.keys(written).some((path) => path.startsWith("/etc/systemd/"))) await run("systemctl", ["daemon-reload"]);
  // Units that only the newer bundle had stay stopped.
  for (const unit of now.units)
    if (!bundle.units.some((one) => one.name === unit.name)) await attempt("systemctl", ["disable", "--now", unit.name]);
  await bringUnits(context);
  await writeWhole(paths.bundle, bundleText);
  const before = JSON.parse(stateText.toString("utf8")) as HostState;
  const present = await readState();
  const { applying: _, ...rest } = before;
  // The number stays the highest that was seen: a rollback does not open the door to older archives.
  await writeState({ ...rest, sequence: Math.max(before.sequence, present?.sequence ?? 0, present?.applying?.sequence ?? 0) });
  return { bundle, version: snapshot.version };
}
