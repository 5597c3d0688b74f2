import { mkdir, readdir, readlink, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { checkedPart } from "../archive/parts.ts";
import { type Context, noteChange } from "../context.ts";
import { linkTo, lstatOrNone, writeWhole } from "../files.ts";
import { paths } from "../paths.ts";
import { through } from "../through.ts";
import { putFile } from "../put.ts";
import { run } from "../shell.ts";

/** Lays the release out beside those that are there; nothing uses it yet. */
export async function unpackRelease(context: Context): Promise<void> {
  const { manifest, source, report } = context;
  const target = join(paths.releases, manifest.version);
  if ((await lstatOrNone(join(target, ".whole"))) !== undefined) return;
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await rm(target, { recursive: true, force: true });
  await mkdir(join(partial, "bin"), { recursive: true, mode: 0o755 });
  const parts = manifest.parts.filter((part) => part.kind === "tree" || part.kind === "node");
  let done = 0;
  for (const part of parts) {
    const pieces = checkedPart(source, part);
    if (part.kind === "node") await putFile(through(pieces, createGunzip()), join(partial, "bin/node"), 0o755);
    else await run("tar", ["-x", "-p", "--no-same-owner", "-C", partial], { input: through(pieces, createZstdDecompress()) });
    report({ type: "progress", step: "release", done: (done += 1), total: parts.length, item: part.name });
  }
  await writeWhole(join(partial, ".whole"), `${manifest.version}\n`, 0o644);
  await run("sync", ["-f", partial]);
  await rename(partial, target);
  noteChange(context, target, `release ${manifest.version}`);
}

/** Points `current` at a release. Answers whether it was another one. */
export async function switchRelease(context: Pick<Context, "changed" | "report">, version: string): Promise<boolean> {
  const target = join(paths.releases, version);
  if ((await currentRelease()) === version) return false;
  await linkTo(paths.current, target);
  await writeWhole(paths.command, command, 0o755);
  noteChange(context, paths.current, `release in use: ${version}`);
  return true;
}

/** The version that `current` points at. */
export async function currentRelease(): Promise<string | undefined> {
  const found = await lstatOrNone(paths.current);
  if (!found?.isSymbolicLink()) return undefined;
  return (await readlink(paths.current)).split("/").at(-1);
}

/** Keeps the release in use and those named; the others go. */
export async function removeOldReleases(keep: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(paths.releases))
    if (!keep.includes(name)) await rm(join(paths.releases, name), { recursive: true, force: true });
}

/** `yizhan-host` on the host: the installer of the release in use. */
export const command = `#!/bin/sh
exec ${paths.current}/bin/node --disable-warning=ExperimentalWarning ${paths.current}/infra/host/src/main.ts "$@"
`;
