import { readdir, readlink, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileEntry, type TarEntry } from "@yizhan/host";
import type { Closure } from "./closure.ts";

/** The apps that run on a host, and the installer. */
export const started = ["apps/station", "apps/hub", "apps/speech", "infra/host"] as const;

/** Our own code, texts and pages: small, and other with each release. */
export async function* codeTree(root: string, closure: Closure): AsyncGenerator<TarEntry, void> {
  yield* workspaceTree(root, closure);
  for (const folder of ["apps/web/dist", "locales", "regions"]) yield* files(root, folder, () => true);
  yield* files(root, "package.json", () => true);
}

/** The workspace packages alone, with the links to what they need. */
export async function* workspaceTree(root: string, closure: Closure): AsyncGenerator<TarEntry, void> {
  const wanted = (path: string) => !/\.test\.tsx?$|^[^/]+\/[^/]+\/(?:recordings|scripts|dist)\//.test(path);
  for (const folder of closure.workspace) yield* files(root, folder, wanted);
  for (const [link, target] of closure.links) yield { path: link, link: relative(dirname(link), target) };
}

/** What others wrote: large, and the same as long as no version changes. `replaced` gives files that were built anew. */
export async function* modulesTree(
  root: string,
  closure: Closure,
  replaced: ReadonlyMap<string, string>,
): AsyncGenerator<TarEntry, void> {
  for (const name of closure.store) yield* files(root, join("node_modules/.pnpm", name), runs, replaced);
}

/** Types, sources of compiled code, and binaries for other machines do not run on the host. */
function runs(path: string): boolean {
  if (/\.(?:map|d\.[cm]?ts|md|markdown)$/.test(path)) return false;
  if (/\/onnxruntime-node\/bin\/napi-v6\/(?!$|linux\/$|linux\/x64\/)/.test(path)) return false;
  if (/\/smart-whisper\/(?:whisper\.cpp|src)\//.test(path)) return false;
  if (/\/smart-whisper\/build\/(?!$|Release\/$|Release\/smart-whisper\.node$)/.test(path)) return false;
  return true;
}

/** Sorted by their bytes; executable or not is all that is kept of a mode. */
export async function* files(
  root: string,
  path: string,
  wanted: (path: string) => boolean,
  replaced: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<TarEntry, void> {
  const full = join(root, path);
  const found = await stat(full);
  if (found.isFile()) {
    yield fileEntry(path, full, found.size, (found.mode & 0o111) === 0 ? 0o644 : 0o755);
    return;
  }
  const entries = await readdir(full, { withFileTypes: true });
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const below = join(path, entry.name);
    if (entry.isSymbolicLink()) {
      // Programs that only installing needed.
      if (entry.name !== ".bin" && !below.includes("/.bin/")) yield { path: below, link: await readlink(join(root, below)) };
    } else if (entry.isDirectory()) {
      const workspaceModules = entry.name === "node_modules" && !path.startsWith("node_modules/");
      if (!workspaceModules && entry.name !== ".bin" && wanted(`${below}/`)) yield* files(root, below, wanted, replaced);
    } else if (entry.isFile() && wanted(below)) {
      const source = replaced.get(below) ?? join(root, below);
      const { size, mode } = await stat(source);
      yield fileEntry(below, source, size, (mode & 0o111) === 0 ? 0o644 : 0o755);
    }
  }
}
