import { chmod, mkdir, rm } from "node:fs/promises";
import type { PartSource } from "./archive/parts.ts";
import type { Manifest } from "./archive/manifest.ts";
import type { Context } from "./context.ts";
import { HostError } from "./errors.ts";
import { ensureFolder, writeWhole } from "./files.ts";
import { paths } from "./paths.ts";
import { type Check, judge, look } from "./preflight.ts";
import type { Report } from "./progress.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import { attempt } from "./shell.ts";
import { type HostState, readState, writeState } from "./state.ts";
import { makeAccounts, makeDirectories } from "./steps/accounts.ts";
import { makeDatabases } from "./steps/databases.ts";
import { writeFiles } from "./steps/files.ts";
import { waitForHealth } from "./steps/health.ts";
import { takeGiven } from "./steps/given.ts";
import { installModels } from "./steps/models.ts";
import { removeOldParts } from "./steps/old-parts.ts";
import { installPackages, packageVersions } from "./steps/packages.ts";
import { removeOldReleases, switchRelease, unpackRelease } from "./steps/release.ts";
import { makeSecrets } from "./steps/secrets.ts";
import { bringUnits, failedAfterwards } from "./steps/units.ts";
import { isSealed } from "./unseal/settings.ts";
import { type Trust, type VerifiedArchive, verifyArchive } from "./verify.ts";

export interface ApplyOptions extends Trust {
  /** The operator's clock, milliseconds. */
  readonly now?: number;
  /** Folder with what travels beside the archive. */
  readonly given?: string;
  /** How long a station may take until it is healthy. */
  readonly healthWithinMs?: number;
}

export interface Applied {
  readonly country: string;
  readonly version: string;
  readonly archive: string;
  readonly changed: readonly string[];
}

/**
 * Makes this host what the archive says. Each step finds out by itself what is done already, so that a run that was cut off
 * goes on where it stopped and a second run changes nothing. Runs under the lock.
 */
export async function apply(source: PartSource, options: ApplyOptions, report: Report): Promise<Applied> {
  const state = await readState();
  const verified = await verifyArchive(source, state, options);
  const { manifest, bundle, id } = verified;
  await preflight(verified, source, state, options);
  const changed = new Set<string>();
  const context: Context = { report, source, manifest, bundle, changed };
  const upgrade = state !== undefined && state.version !== "" && state.version !== manifest.version;
  await ensureFolder(paths.host, 0o700, { uid: 0, gid: 0 });
  let current = await began(state, verified);

  const step = async (name: string, work: () => Promise<unknown>) => {
    const [before, start] = [changed.size, performance.now()];
    report({ type: "step", step: name, state: "started" });
    await work();
    report({
      type: "step",
      step: name,
      state: changed.size === before ? "unchanged" : "done",
      ms: Math.round(performance.now() - start),
    });
  };
  await step("packages", () =>
    installPackages(context, async (added) => {
      // Remembered before they are there: what a power cut leaves is ours to remove too.
      current = { ...current, added: [...new Set([...current.added, ...added])].toSorted() };
      await writeState(current);
    }),
  );
  await step("users", () => makeAccounts(context));
  await step("release", async () => {
    await openWay();
    await unpackRelease(context);
  });
  await step("folders", () => makeDirectories(context));
  await step("models", () => installModels(context));
  await step("secrets", () => makeSecrets(context));
  await step("given", () => takeGiven(context, options.given ?? paths.given));
  await step("databases", () => makeDatabases(context));
  if (upgrade && current.applying?.snapshot === undefined) {
    await step("snapshot", async () => {
      const { id: snapshot } = await takeSnapshot(report, current, true);
      current = { ...current, applying: { archive: id, sequence: manifest.sequence, version: manifest.version, snapshot } };
      await writeState(current);
    });
  }
  try {
    await step("switch", () => switchRelease(context, manifest.version));
    await writeWhole(paths.bundle, JSON.stringify(bundle));
    await step("files", () => writeFiles(context));
    await step("services", () => bringUnits(context));
    await step("health", () => waitForHealth(bundle, options.healthWithinMs ?? 120_000));
    for (const name of await failedAfterwards(bundle)) report({ type: "note", text: `${name} failed: journalctl -u ${name}` });
    if (await isSealed()) report({ type: "note", text: `sealed: yizhan unseal ${manifest.country}` });
  } catch (error) {
    const snapshot = current.applying?.snapshot;
    if (!upgrade || snapshot === undefined || !(error instanceof HostError)) throw error;
    await goBack(report, snapshot, context, error);
  }
  await writeState({
    format: 1,
    country: manifest.country,
    role: manifest.role,
    fingerprint: verified.fingerprint,
    sequence: manifest.sequence,
    archive: id,
    version: manifest.version,
    digest: bundle.digest,
    appliedAt: changed.size === 0 && state?.archive === id ? state.appliedAt : new Date().toISOString(),
    packages: await packageVersions([...bundle.debian.packages, ...bundle.debian.own]),
    added: current.added,
  });
  // Not only tonight: from its first hour on there is a backup, and nobody is alarmed that there is none.
  if ((state?.version ?? "") === "" && bundle.units.some((unit) => unit.name === "yizhan-backup.timer"))
    await attempt("systemctl", ["start", "--no-block", "yizhan-backup.service"]);
  await removeOldReleases([manifest.version, upgrade ? state.version : undefined, ...(upgrade ? [] : [state?.version])]);
  await removeOldParts(manifest);
  await rm(paths.boot, { recursive: true, force: true });
  return { country: manifest.country, version: manifest.version, archive: id, changed: [...changed] };
}

/** Looks before anything is touched. Throws `preflight-failed`, `part-missing`. */
async function preflight(
  verified: VerifiedArchive,
  source: PartSource,
  state: HostState | undefined,
  options: ApplyOptions,
): Promise<void> {
  const checks = await runPreflight(verified.manifest, verified, state, options.now);
  const bad = checks.filter((check) => !check.ok);
  if (bad.length > 0) throw new HostError("preflight-failed", bad.map((check) => `${check.name}: ${check.detail}`).join("\n"));
  if (state?.archive === verified.id) return;
  for (const part of verified.manifest.parts)
    if (!(await source.has(part))) throw new HostError("part-missing", `${part.kind} ${part.name} is missing.`);
}

export async function runPreflight(
  manifest: Manifest,
  verified: VerifiedArchive,
  state: HostState | undefined,
  now?: number,
): Promise<Check[]> {
  return judge(await look(manifest), manifest, verified.bundle, state, now);
}

/** Remembers what is being installed before the first change, so that a power cut leaves a host that knows what it was doing. */
async function began(state: HostState | undefined, { manifest, id, fingerprint, bundle }: VerifiedArchive): Promise<HostState> {
  const before = state?.applying?.archive === id ? state.applying.snapshot : undefined;
  const applying = {
    archive: id,
    sequence: manifest.sequence,
    version: manifest.version,
    ...(before === undefined ? {} : { snapshot: before }),
  };
  const next: HostState =
    state === undefined
      ? {
          format: 1,
          country: manifest.country,
          role: manifest.role,
          fingerprint,
          sequence: 0,
          archive: "",
          version: "",
          digest: bundle.digest,
          appliedAt: "",
          packages: {},
          added: [],
          applying,
        }
      : { ...state, fingerprint, applying };
  if (state?.archive !== id || state.applying !== undefined) await writeState(next);
  return next;
}

/** Services of every user may walk to the release. */
async function openWay(): Promise<void> {
  await mkdir(paths.releases, { recursive: true });
  await chmod("/opt/yizhan", 0o755);
  await chmod(paths.releases, 0o755);
  await ensureFolder(paths.var, 0o755, { uid: 0, gid: 0 });
  await ensureFolder(paths.models, 0o755, { uid: 0, gid: 0 });
}

async function goBack(report: Report, snapshot: string, context: Context, cause: HostError): Promise<never> {
  report({ type: "note", text: `the new release is not healthy, going back: ${cause.message}` });
  try {
    const { bundle, version } = await restoreSnapshot(report, snapshot, context.bundle);
    await waitForHealth(bundle, 120_000);
    throw new HostError("rolled-back", `${cause.message}\nRelease ${version} runs again.`, cause);
  } catch (error) {
    if (error instanceof HostError && error.code === "rolled-back") throw error;
    throw new HostError(
      "rollback-failed",
      `${cause.message}\nand going back failed: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}
