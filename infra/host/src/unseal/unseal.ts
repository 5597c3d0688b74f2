import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileRoot, type KeyBytes, makeRoot } from "@yizhan/vault";
import type { Bundle } from "../bundle.ts";
import { HostError } from "../errors.ts";
import { lstatOrNone, readOrNone, writeWhole } from "../files.ts";
import { installedHere, overwrite } from "../handover/destroy.ts";
import type { Report } from "../progress.ts";
import { attempt, run } from "../shell.ts";
import { waitForHealth } from "../steps/health.ts";
import { secretPath } from "../steps/secrets.ts";
import { keepRoot, openRoot, type Typed, typedSchema } from "./root.ts";
import { isSealed, type UnsealSettings, unsealSettings } from "./settings.ts";

/** What is asked of people next; for whoever asks them. */
export interface SealState {
  readonly kind: UnsealSettings["kind"];
  readonly sealed: boolean;
  /** No root was made yet. */
  readonly first: boolean;
  /** Of shares: how many there are, and how many are needed. */
  readonly people?: number;
  readonly needed?: number;
  /** The open part of the shares' set: tells a mistyped share from a right one before the others are typed. */
  readonly set?: unknown;
}

/** Throws `not-typed` where nobody is asked. */
export async function sealState(): Promise<SealState> {
  const settings = await mustBeTyped();
  const { kind } = settings;
  const kept = (await readOrNone(settings.kept))?.toString("utf8");
  const first = kept === undefined;
  const set: { readonly set?: unknown } = kept === undefined ? {} : { set: JSON.parse(kept) };
  const shares = kind === "shares" ? { people: settings.people, needed: settings.needed, ...set } : {};
  return { kind, sealed: await isSealed(), first, ...shares };
}

/**
 * Puts the root where the station finds it, from what people typed, and starts what waited for it. Answers the shares where
 * new ones were made: they are nowhere else. Throws `unseal-refused`, `no-root-yet`, `root-there`, `sealed`, `unhealthy`.
 */
export async function unseal(text: string, report: Report): Promise<{ readonly shares: readonly string[] }> {
  const typed = readTyped(text);
  const settings = await mustBeTyped();
  const { bundle } = await installedHere();
  const kept = (await readOrNone(settings.kept))?.toString("utf8");
  if (typed.make === "first") return { shares: await makeFirst(settings, kept, typed, bundle, report) };
  if (kept === undefined) throw new HostError("no-root-yet", "No root was made on this host yet.");
  if (typed.make === "anew") return { shares: await keep(settings, await openHere(settings), typed) };
  await putRoot(settings, await openRoot(settings, kept, typed));
  await startWaiting(settings, bundle, report);
  return { shares: [] };
}

function readTyped(text: string): Typed {
  try {
    return typedSchema.parse(JSON.parse(text));
  } catch (error) {
    // What was typed is in no message.
    throw new HostError(
      "usage",
      "What was typed is expected as JSON on standard input.",
      error instanceof SyntaxError ? undefined : error,
    );
  }
}

async function mustBeTyped(): Promise<UnsealSettings> {
  const settings = await unsealSettings();
  if (settings === undefined) throw new HostError("not-typed", "Nobody has to unseal this host.");
  return settings;
}

/** A root that is there already, in memory or on the disk, is never replaced: what it sealed would be lost. */
async function makeFirst(
  settings: UnsealSettings,
  kept: string | undefined,
  typed: Typed,
  bundle: Bundle,
  report: Report,
): Promise<readonly string[]> {
  if (kept !== undefined || !(await isSealed())) throw new HostError("root-there", "This host has a root.");
  // A station that unsealed itself so far goes on with its root, and loses the file that had it.
  const before = secretPath("root");
  const found = await lstatOrNone(before);
  const root = found === undefined ? makeRoot() : await fileRoot(before);
  const shares = await keep(settings, root, typed);
  await putRoot(settings, root);
  await startWaiting(settings, bundle, report);
  if (found !== undefined) await overwrite(before, found.size);
  // From its first hour on there is a backup.
  await attempt("systemctl", ["start", "--no-block", "yizhan-backup.service"]);
  return shares;
}

async function openHere(settings: UnsealSettings): Promise<KeyBytes> {
  if (await isSealed()) throw new HostError("sealed", "What opens a root can be changed only while it is open.");
  return fileRoot(settings.root);
}

/** The new one takes the old one's place whole; old shares and passphrases give nothing from then on. */
async function keep(settings: UnsealSettings, root: KeyBytes, typed: Typed): Promise<readonly string[]> {
  const { kept, shares } = await keepRoot(settings, root, typed);
  await writeWhole(settings.kept, `${JSON.stringify(kept, null, 2)}\n`, 0o400);
  return shares;
}

async function putRoot(settings: UnsealSettings, root: KeyBytes): Promise<void> {
  const folder = dirname(settings.root);
  // Never onto a disk, whatever became of the mount.
  const mounts = (await readFile("/proc/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  if (!mounts.some(([, where, kind]) => where === folder && kind === "ramfs"))
    throw new HostError("step-failed", `${folder} is not memory: systemctl status run-yizhan-unsealed.mount`);
  await writeWhole(settings.root, `${Buffer.from(root).toString("hex")}\n`, 0o400);
}

/** What the bundle says waits for the root. */
async function startWaiting(settings: UnsealSettings, bundle: Bundle, report: Report): Promise<void> {
  const waits = (name: string) =>
    bundle.files.some(
      (file) => file.path === `/etc/systemd/system/${name}` && file.content.includes(`ConditionPathExists=${settings.root}\n`),
    );
  for (const { name, start } of bundle.units) {
    if (!start || !waits(name)) continue;
    report({ type: "step", step: name, state: "started" });
    await attempt("systemctl", ["reset-failed", name]);
    await run("systemctl", ["start", name]);
  }
  await waitForHealth(bundle, 120_000);
}
