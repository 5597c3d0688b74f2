import { createHash, randomBytes } from "node:crypto";
import { open, readdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Bundle, readBundle } from "../bundle.ts";
import { HostError } from "../errors.ts";
import { lstatOrNone, readOrNone } from "../files.ts";
import { paths } from "../paths.ts";
import type { Report } from "../progress.ts";
import { attempt, run } from "../shell.ts";
import { readState, readWritten } from "../state.ts";
import { exists } from "../steps/accounts.ts";
import { unsealSettings } from "../unseal/settings.ts";

export interface Installed {
  readonly bundle: Bundle;
  readonly version: string;
  readonly country: string;
  /** Debian packages that were not there before us. */
  readonly packages: readonly string[];
}

/** Throws `not-installed`. */
export async function installedHere(): Promise<Installed> {
  const state = await readState();
  const text = await readOrNone(paths.bundle);
  if (state === undefined || text === undefined) throw new HostError("not-installed", "Nothing of Yizhan is installed here.");
  return { bundle: readBundle(text.toString("utf8")), version: state.version, country: state.country, packages: state.added };
}

/** Overwrites and removes every key. Answers what was destroyed, each with a sum that says nothing of it. */
export async function destroyKeys(country: string): Promise<{ name: string; commitment: string }[]> {
  const destroyed: { name: string; commitment: string }[] = [];
  const names = await readdir(paths.secrets).catch(() => []);
  const typed = await unsealSettings();
  const handed = (await readdir(paths.machines).catch(() => [])).filter((name) => name !== "certificate.pem");
  const all = [
    ...names.toSorted().map((name) => join(paths.secrets, name)),
    // On a further machine: what its station made for it.
    ...handed.toSorted().map((name) => join(paths.machines, name)),
    ...(typed === undefined ? [] : [typed.root]),
  ];
  for (const path of all) {
    const name = basename(path);
    const found = await lstatOrNone(path);
    if (!found?.isFile()) continue;
    const hash = createHash("sha256")
      .update(`yizhan destroyed key\n${country}\n${name}\n`)
      .update((await readOrNone(path)) ?? "");
    destroyed.push({ name, commitment: hash.digest("hex") });
    await overwrite(path, found.size);
  }
  return destroyed;
}

/** Once, and then removed: what a disk keeps of its own accord is not reached. */
export async function overwrite(path: string, size: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(randomBytes(size), 0, size, 0);
  await file.sync();
  await file.close();
  await rm(path);
}

/** Takes everything away that `apply` brought. What was on the host before stays. */
export async function removeEverything(installed: Installed, report: Report): Promise<void> {
  const { bundle } = installed;
  const note = (text: string) => report({ type: "note", text });
  note("services");
  const own = bundle.units.filter((unit) => !isGround(unit.name)).map((unit) => unit.name);
  for (const name of own.toReversed()) await attempt("systemctl", ["disable", "--now", name]);
  // A timer that stops leaves what it began running, as a user that is about to go.
  const begun = own.filter((name) => name.endsWith(".timer")).map((name) => name.replace(/timer$/, "service"));
  await attempt("systemctl", ["stop", ...begun, "yizhan-*.service"]);
  note("databases");
  for (const { name } of bundle.clusters) await attempt("pg_dropcluster", ["--stop", "15", name]);
  note("files");
  for (const path of Object.keys(await readWritten())) await rm(path, { force: true });
  for (const path of Object.keys(await readWritten())) await rmdir(dirname(path)).catch(() => undefined);
  await run("systemctl", ["daemon-reload"]);
  if (installed.packages.length > 0) {
    note("packages");
    await run("apt-get", ["-y", "-o", "Dpkg::Use-Pty=0", "purge", ...installed.packages]);
  }
  for (const unit of bundle.units) if (isGround(unit.name)) await attempt("systemctl", ["try-reload-or-restart", unit.name]);
  note("folders");
  const folders = bundle.directories.map((one) => one.path).filter((path) => /yizhan/.test(path));
  for (const folder of [...folders, paths.etc, "/opt/yizhan", "/var/lib/postgresql", "/usr/local/lib/yizhan"])
    await rm(folder, { recursive: true, force: true });
  for (const { name } of bundle.users)
    if (name.startsWith("yizhan") && (await exists("passwd", name))) await run("userdel", [name]);
  for (const { name } of bundle.groups)
    if (name.startsWith("yizhan") && (await exists("group", name))) await run("groupdel", [name]);
  await rm(paths.command, { force: true });
  await rm(paths.var, { recursive: true, force: true });
}

/** Services that were there before us: configured by us, never stopped. */
function isGround(unit: string): boolean {
  return /^(?:ssh|systemd-.*)\.(?:service|timer|socket)$/.test(unit);
}
