import { createWriteStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileEntry, type TarEntry, writeTar } from "@yizhan/host";
import { root } from "../environment.ts";
import { closureOf } from "./closure.ts";
import { gzip } from "./compress.ts";
import { codeTree, files, modulesTree, started } from "./trees.ts";

export interface KitArchive {
  readonly path: string;
  readonly size: number;
  /** Whether Pulumi's engine is in it; without it the kit it carries works with `--direct`. */
  readonly engine: boolean;
}

export interface KitContent {
  /** Pulumi's folder and the engine's version in it, where this machine has one. */
  readonly engine: { readonly home: string; readonly version: string } | undefined;
  /** Where packages, models and what was compiled are kept, to make archives without a network; absent: not carried. */
  readonly cache: string | undefined;
}

/**
 * The kit itself in one file, for a laptop that has neither network nor Node: this checkout, its packages as they are installed
 * here, Node and Pulumi's engine. It unpacks into a folder `yizhan`; `./yizhan` there finds everything beside itself.
 */
export async function makeKitArchive(output: string, content: KitContent): Promise<KitArchive> {
  const partial = `${output}.partial-${process.pid}`;
  try {
    await pipeline(Readable.from(gzip(writeTar(placed(entries(content))), 1)), createWriteStream(partial));
    await rename(partial, output);
  } finally {
    await rm(partial, { force: true });
  }
  return { path: output, size: (await stat(output)).size, engine: content.engine !== undefined };
}

async function* placed(all: AsyncIterable<TarEntry>): AsyncGenerator<TarEntry, void> {
  for await (const entry of all) yield { ...entry, path: `yizhan/${entry.path}` };
}

async function* entries({ engine, cache }: KitContent): AsyncGenerator<TarEntry, void> {
  const closure = await closureOf(root, ["apps/kit", "infra", ...started]);
  yield* codeTree(root, closure);
  for (const path of ["yizhan", "pnpm-lock.yaml", "docs", "apps/speech/recordings"]) yield* files(root, path, () => true);
  yield* modulesTree(root, closure, new Map());
  // The launcher installs nothing where this lies: what it would install is here.
  yield { path: "node_modules/.yizhan-carried", mode: 0o644, size: 0, content: [] };
  yield file(".tools/node/bin/node", process.execPath, (await stat(process.execPath)).size);
  if (engine !== undefined) yield* engineOf(engine);
  if (cache === undefined) return;
  for (const folder of await readdir(join(cache, "release")))
    if (folder.startsWith("debian-")) yield* under(cache, `release/${folder}`);
  for (const folder of ["models", "native"]) yield* under(cache, folder);
}

/** Pulumi's own folder: the engine of the pinned version, or the one in `bin`, and the plugins. Nobody's sign-in is in there. */
async function* engineOf({ home, version }: NonNullable<KitContent["engine"]>): AsyncGenerator<TarEntry, void> {
  const versioned = `versions/${version}/bin`;
  const programs = (await exists(join(home, versioned))) ? versioned : "bin";
  for (const name of (await readdir(join(home, programs))).toSorted()) {
    const source = join(home, programs, name);
    yield file(`.tools/pulumi/bin/${name}`, source, (await stat(source)).size);
  }
  for (const name of (await readdir(join(home, "plugins")).catch(() => [])).toSorted())
    if (/^resource-(?:command|aws)-v[\d.]+$/.test(name))
      for await (const entry of files(home, `plugins/${name}`, () => true))
        yield { ...entry, path: `.tools/pulumi/${entry.path}` };
}

async function* under(cache: string, folder: string): AsyncGenerator<TarEntry, void> {
  if (!(await exists(join(cache, folder)))) return;
  for await (const entry of files(cache, folder, (path) => !/\/(?:partial|\.lock|\.partial[^/]*)(?:\/|$)/.test(path)))
    yield { ...entry, path: `.yizhan/${entry.path}` };
}

const file = (path: string, source: string, size: number): TarEntry => fileEntry(path, source, size, 0o755);

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
