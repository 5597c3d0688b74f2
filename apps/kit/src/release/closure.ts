import { readdir, readFile, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { z } from "zod";

/** What some workspace packages need to run: other workspace packages, and folders of pnpm's store in `node_modules/.pnpm`. */
export interface Closure {
  /** `apps/station`, `packages/http`; sorted. */
  readonly workspace: readonly string[];
  /** Names in `node_modules/.pnpm`; sorted. */
  readonly store: readonly string[];
  /** Links that the workspace packages need: path from the root to target from the root. */
  readonly links: ReadonlyMap<string, string>;
}

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** Follows what pnpm linked, from `dependencies` only: what was needed to build or test stays behind. */
export async function closureOf(root: string, starts: readonly string[]): Promise<Closure> {
  const base = await realpath(root);
  const workspace = new Set<string>();
  const store = new Set<string>();
  const links = new Map<string, string>();
  const waiting = [...starts];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (workspace.has(folder)) continue;
    workspace.add(folder);
    const { dependencies } = packageSchema.parse(JSON.parse(await readFile(join(base, folder, "package.json"), "utf8")));
    for (const name of Object.keys(dependencies)) {
      const link = join(folder, "node_modules", name);
      const target = relative(base, await realpath(join(base, link)));
      links.set(link, target);
      const stored = storeName(target);
      if (stored === undefined) waiting.push(target);
      else await follow(base, stored, store);
    }
  }
  return {
    workspace: [...workspace].toSorted(),
    store: [...store].toSorted(),
    links: new Map([...links].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

async function follow(root: string, start: string, store: Set<string>): Promise<void> {
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (store.has(name)) continue;
    store.add(name);
    const modules = join(root, "node_modules/.pnpm", name, "node_modules");
    for (const entry of await linksIn(modules)) {
      const stored = storeName(relative(root, await realpath(entry)));
      if (stored !== undefined) waiting.push(stored);
    }
  }
}

/** The symbolic links of a `node_modules` folder, those of scopes too. */
async function linksIn(modules: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(modules, { withFileTypes: true })) {
    const path = join(modules, entry.name);
    if (entry.isSymbolicLink()) found.push(path);
    else if (entry.name.startsWith("@")) found.push(...(await linksIn(path)));
  }
  return found;
}

function storeName(target: string): string | undefined {
  const steps = target.split(sep);
  return steps[0] === "node_modules" && steps[1] === ".pnpm" ? steps[2] : undefined;
}
