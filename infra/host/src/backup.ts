import { chown, copyFile, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Bundle } from "./bundle.ts";
import { HostError, type HostErrorCode } from "./errors.ts";
import { ensureFolder, ownerOf, readOrNone, writeWhole } from "./files.ts";
import { installedHere } from "./handover/destroy.ts";
import { paths } from "./paths.ts";
import type { Report } from "./progress.ts";
import { attempt, run } from "./shell.ts";
import { waitForHealth } from "./steps/health.ts";
import { assertUnsealed } from "./unseal/settings.ts";

/** What the last backup was, by the program's own account of it. */
export interface BackedUp {
  /** On this host. */
  readonly file: string;
  readonly bytes: number;
  readonly madeAt: string;
  /** The copy of the key store, which opens it on another machine. */
  readonly keys: string;
  /** Who was forgotten, where anybody was. */
  readonly tombstones?: string;
}

export interface RestoreFiles {
  /** A `.yzb`; or `copy`: the name of one where this host keeps its copies in a bucket, or `newest`. */
  readonly from: { readonly file: string } | { readonly copy: string };
  /** A `.yzk`, where this host's key store is gone or another's. */
  readonly keys?: string;
  /** Newer lists of the forgotten. */
  readonly tombstones?: string;
}

/** Where the station or the hub has its data; nobody backs up another machine. */
const homeOf = ({ role }: Pick<Bundle, "role">) => join(paths.var, role);
const madeIn = (bundle: Pick<Bundle, "role">) =>
  bundle.role === "hub" ? join(paths.var, "hub-backups") : join(homeOf(bundle), "backups");

const statusSchema = z.object({ backup: z.object({ at: z.string(), file: z.string(), bytes: z.number() }) });

/** A sealed backup now, in place of tonight: made, proved by restoring it, carried where the site keeps its copies. */
export async function backUp(report: Report): Promise<BackedUp> {
  const { country, bundle } = await installedHere();
  await assertUnsealed();
  report({ type: "step", step: "backup", state: "started" });
  await finished("yizhan-backup.service", "backup-failed");
  const status = await readOrNone(join(homeOf(bundle), "backup-status.json"));
  if (status === undefined) throw new HostError("backup-failed", "The program did not say what it backed up.");
  const { backup } = statusSchema.parse(JSON.parse(status.toString("utf8")));
  const tombstones = join(homeOf(bundle), "tombstones.yzt");
  return {
    file: backup.file,
    bytes: backup.bytes,
    madeAt: backup.at,
    keys: join(madeIn(bundle), `${country}.yzk`),
    ...((await readOrNone(tombstones)) === undefined ? {} : { tombstones }),
  };
}

const doneSchema = z.object({ manifest: z.object({ createdAt: z.string() }), forgotten: z.number() }).loose();
const failedSchema = z.object({
  failed: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() }),
});

/**
 * Brings the station, or the hub, back from a sealed backup: it is stopped, the files are handed to its own program, and it is started
 * again whatever came of it. A restore that fails leaves everything as it was. Throws `restore-failed`, `unhealthy`.
 */
export async function restoreBackup(files: RestoreFiles, report: Report): Promise<{ readonly done: unknown }> {
  const { bundle } = await installedHere();
  await assertUnsealed();
  const work = join(paths.host, "restore");
  const service = `yizhan-${bundle.role}`;
  const given = join(homeOf(bundle), "restoring");
  const owner = await ownerOf(service, service);
  await mkdir(work, { recursive: true, mode: 0o700 });
  await rm(given, { recursive: true, force: true });
  await ensureFolder(given, 0o700, owner);
  try {
    const handed = async (path: string) => {
      const target = join(given, basename(path));
      await copyFile(path, target);
      await chown(target, owner.uid, owner.gid);
      return target;
    };
    const { from } = files;
    const found = "copy" in from ? await fetchCopy(from.copy, work, report) : { file: await handed(from.file) };
    const keys = files.keys === undefined ? found.keysFile : await handed(files.keys);
    const newer = files.tombstones === undefined ? [] : [await handed(files.tombstones)];
    const tombstones = [...newer, ...(found.tombstones === undefined ? [] : [found.tombstones])];
    const request = {
      do: "restore",
      file: found.file,
      ...(keys === undefined ? {} : { keysFile: keys }),
      ...(tombstones.length === 0 ? {} : { tombstones }),
    };
    await writeWhole(join(work, "request.json"), JSON.stringify(request));
    report({ type: "step", step: "restore", state: "started" });
    await run("systemctl", ["stop", `${service}.service`, "yizhan-backup.service"]);
    try {
      await attempt("systemctl", ["start", "yizhan-restore.service"]);
    } finally {
      await run("systemctl", ["start", `${service}.service`]);
    }
    const done = await answered(join(work, "answer"), doneSchema);
    await waitForHealth(bundle, 120_000);
    return { done };
  } finally {
    await rm(given, { recursive: true, force: true });
    await rm(join(homeOf(bundle), "fetched"), { recursive: true, force: true });
  }
}

interface Fetched {
  readonly file: string;
  readonly keysFile?: string | undefined;
  readonly tombstones?: string | undefined;
}
const fetchedSchema = z.object({ file: z.string(), keysFile: z.string().optional(), tombstones: z.string().optional() });

/** Brings a copy back from the bucket, while the station still serves; by a unit that alone is given the bucket's credentials. */
async function fetchCopy(name: string, work: string, report: Report): Promise<Fetched> {
  if (!/^(?:newest|[A-Z]{2}-[0-9TZ]+\.yzb)$/.test(name))
    throw new HostError("usage", "A copy is named as in the bucket, or newest.");
  if ((await readOrNone(join(paths.etc, "copies-back.json"))) === undefined)
    throw new HostError("usage", "This site keeps its copies in no bucket: bring the files, --file FILE.");
  report({ type: "step", step: "fetch", state: "started" });
  await writeWhole(join(work, "copy"), name);
  await rm(join(work, "fetched"), { force: true });
  await attempt("systemctl", ["start", "yizhan-fetch.service"]);
  return answered(join(work, "fetched"), fetchedSchema);
}

/** What a program answered in its last line. Throws `restore-failed` in its own words. */
async function answered<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const lines = (await readOrNone(path))?.toString("utf8").trim().split("\n") ?? [];
  const said = parsedLine(lines.at(-1) ?? "");
  const failed = failedSchema.safeParse(said);
  if (failed.success) {
    const { code, message, remedy } = failed.data.failed;
    throw new HostError("restore-failed", `${code}: ${message}${remedy === undefined ? "" : `\n${remedy}`}`);
  }
  const parsed = z.object({ done: schema }).safeParse(said);
  if (parsed.success) return parsed.data.done as T;
  throw new HostError("restore-failed", "The program ended without an answer; see journalctl -u yizhan-restore -u yizhan-fetch.");
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Runs a unit that ends by itself, to its end. */
async function finished(unit: string, code: HostErrorCode): Promise<void> {
  await attempt("systemctl", ["reset-failed", unit]);
  if ((await attempt("systemctl", ["start", unit])).code === 0) return;
  const { stdout } = await attempt("journalctl", ["-u", unit, "-n", "5", "-o", "cat", "--no-pager"]);
  throw new HostError(code, stdout.trim());
}
