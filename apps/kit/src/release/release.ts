import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Part, type TarEntry, writeTar } from "@yizhan/host";
import { root } from "../environment.ts";
import { type Closure, closureOf } from "./closure.ts";
import { gzip, zstd } from "./compress.ts";
import { type NativeBuild, nativeModules } from "./native.ts";
import type { PartStore } from "./part-store.ts";
import { codeTree, modulesTree, started, workspaceTree } from "./trees.ts";

/** Everything of a station but Debian's packages and the models. */
export interface Release {
  /** Names its content: the same files are the same version. */
  readonly version: string;
  /** Names of /proc/cpuinfo's flags that it needs. */
  readonly processor: readonly string[];
  /** `node`, `installer` and the trees. */
  readonly parts: readonly Part[];
}

/** Makes a release of this checkout: the pages have to be built. `native` says for which processors. */
export async function makeRelease(store: PartStore, native: NativeBuild): Promise<Release> {
  const closure = await closureOf(root, started);
  const built = await nativeModules(native);
  const modules = await store.make(
    "tree",
    "modules",
    () => zstd(writeTar(modulesTree(root, closure, built.replaced))),
    JSON.stringify(["modules 2", closure.store, built.key]),
  );
  const code = await store.make("tree", "code", () => zstd(writeTar(codeTree(root, closure))));
  const node = await store.make(
    "node",
    `node-${process.version}`,
    () => gzip(createReadStream(process.execPath)),
    await nodeKey(),
  );
  const host = await closureOf(root, ["infra/host"]);
  const installer = await store.make("installer", "installer", () => gzip(writeTar(installerTree(host))));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const digest = createHash("sha256")
    .update(JSON.stringify([node.sha256, modules.sha256, code.sha256]))
    .digest("hex");
  return { version: `${version}-${digest.slice(0, 12)}`, processor: built.processor, parts: [node, installer, modules, code] };
}

/** The installer by itself: it runs before there is a release. */
async function* installerTree(closure: Closure): AsyncGenerator<TarEntry, void> {
  yield* modulesTree(root, closure, new Map());
  yield* workspaceTree(root, closure);
}

async function nodeKey(): Promise<string> {
  const { size, mtimeMs } = await stat(process.execPath);
  return JSON.stringify(["node 1", process.version, process.arch, process.execPath, size, mtimeMs]);
}
