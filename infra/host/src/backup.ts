import { chown, copyFile, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { HostError, type HostErrorCode } from "./errors.ts";
import { ensureFolder, ownerOf, readOrNone, writeWhole } from "./files.ts";
import { installedHere } from "./handover/destroy.ts";
import { paths } from "./paths.ts";
import type { Report } from "./progress.ts";
import { attempt, run } from "./shell.ts";
import { waitForHealth } from "./steps/health.ts";
import { assertUnsealed } from "./unseal/settings.ts";

/** What the last backup was, by the station's own account of it. */
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
  /** A `.yzb`. */
  readonly file: string;
  /** A `.yzk`, where this host's key store is gone or another's. */
  readonly keys?: string;
  /** Newer lists of the forgotten. */
  readonly tombstones?: string;
}

const station = join(paths.var, "station");
const statusSchema = z.object({ backup: z.object({ at: z.string(), file: z.string(), bytes: z.number() }) });

/** A sealed backup now, in place of tonight: made, proved by restoring it, carried where the site keeps its copies. */
export async function backUp(report: Report): Promise<BackedUp> {
  const { country, bundle } = await installedHere();
  if (bundle.role === "hub") throw new HostError("usage", "The hub's backups are made at night; start yizhan-backup.service.");
  await assertUnsealed();
  report({ type: "step", step: "backup", state: "started" });
  await finished("yizhan-backup.service", "backup-failed");
  const status = await readOrNone(join(station, "backup-status.json"));
  if (status === undefined) throw new HostError("backup-failed", "The station did not say what it backed up.");
  const { backup } = statusSchema.parse(JSON.parse(status.toString("utf8")));
  const tombstones = join(station, "tombstones.yzt");
  return {
    file: backup.file,
    bytes: backup.bytes,
    madeAt: backup.at,
    keys: join(station, "backups", `${country}.yzk`),
    ...((await readOrNone(tombstones)) === undefined ? {} : { tombstones }),
  };
}

const answerSchema = z.union([
  z.object({ done: z.object({ manifest: z.object({ createdAt: z.string() }), forgotten: z.number() }).loose() }),
  z.object({ failed: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() }) }),
]);

/**
 * Brings the station back from a sealed backup: it is stopped, the files are handed to its own program, and it is started
 * again whatever came of it. A restore that fails leaves everything as it was. Throws `restore-failed`, `unhealthy`.
 */
export async function restoreBackup(files: RestoreFiles, report: Report): Promise<z.infer<typeof answerSchema>> {
  const { bundle } = await installedHere();
  if (bundle.role === "hub") throw new HostError("usage", "The hub is restored by hand: docs/operate.md.");
  await assertUnsealed();
  const work = join(paths.host, "restore");
  const given = join(station, "restoring");
  const owner = await ownerOf("yizhan-station", "yizhan-station");
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
    const request = {
      do: "restore",
      file: await handed(files.file),
      ...(files.keys === undefined ? {} : { keysFile: await handed(files.keys) }),
      ...(files.tombstones === undefined ? {} : { tombstones: [await handed(files.tombstones)] }),
    };
    await writeWhole(join(work, "request.json"), JSON.stringify(request));
    report({ type: "step", step: "restore", state: "started" });
    await run("systemctl", ["stop", "yizhan-station.service", "yizhan-backup.service"]);
    try {
      await attempt("systemctl", ["start", "yizhan-restore.service"]);
    } finally {
      await run("systemctl", ["start", "yizhan-station.service"]);
    }
    const answer = await answered(join(work, "answer"));
    if ("failed" in answer) {
      const { code, message, remedy } = answer.failed;
      throw new HostError("restore-failed", `${code}: ${message}${remedy === undefined ? "" : `\n${remedy}`}`);
    }
    await waitForHealth(bundle, 120_000);
    return answer;
  } finally {
    await rm(given, { recursive: true, force: true });
  }
}

/** The last line of what the program said. */
async function answered(path: string): Promise<z.infer<typeof answerSchema>> {
  const lines = (await readOrNone(path))?.toString("utf8").trim().split("\n") ?? [];
  const parsed = answerSchema.safeParse(parsedLine(lines.at(-1) ?? ""));
  if (parsed.success) return parsed.data;
  throw new HostError("restore-failed", "The station's program ended without an answer; see journalctl -u yizhan-restore.");
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
