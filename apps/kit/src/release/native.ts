import { mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { execa } from "execa";
import { defaultData, fetchingEnvironment, root } from "../environment.ts";
import { KitError } from "../errors.ts";

/** `portable`: compiled for every processor since 2013 (x86-64-v3); `this-machine`: as it was compiled here. */
export type NativeBuild = "portable" | "this-machine";

export interface NativeModules {
  /** Path below the root of a file that is replaced, and where the other one is. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Flags that the code needs, as /proc/cpuinfo names them. */
  readonly processor: readonly string[];
  readonly key: string;
}

/** x86-64-v3 of the System V ABI, in the names of /proc/cpuinfo. */
const v3 = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"];
/** What `-march=native` may have used beyond it. */
const beyond = [
  "avx512f",
  "avx512bw",
  "avx512cd",
  "avx512dq",
  "avx512vl",
  "avx512vbmi",
  "avx512_vnni",
  "avx512_bf16",
  "avx_vnni",
];

/** whisper.cpp, the one part that is compiled. A bundle for another machine has it compiled anew, once a version. */
export async function nativeModules(build: NativeBuild): Promise<NativeModules> {
  const store = join(root, "node_modules/.pnpm");
  const name = await nameInStore(store);
  if (name === undefined) return { replaced: new Map(), processor: [], key: "none" };
  const file = join("node_modules/.pnpm", name, "node_modules/smart-whisper/build/Release/smart-whisper.node");
  if (process.arch !== "x64") return { replaced: new Map(), processor: [], key: `${build} ${process.arch}` };
  if (build === "this-machine") {
    const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(await readFile("/proc/cpuinfo", "utf8"))?.[1]?.split(" "));
    const { size, mtimeMs } = await stat(join(root, file));
    return {
      replaced: new Map(),
      processor: [...v3, ...beyond].filter((flag) => flags.has(flag)),
      key: `${build} ${size} ${mtimeMs}`,
    };
  }
  const built = await compile(name);
  return { replaced: new Map([[file, built]]), processor: v3, key: `x86-64-v3 ${name}` };
}

/** Which of the store's folders is used: another version, or the same without its patch, may lie beside it. */
async function nameInStore(store: string): Promise<string | undefined> {
  const used = join(root, "apps/speech/node_modules/smart-whisper");
  return (await exists(used)) ? relative(store, await realpath(used)).split(sep)[0] : undefined;
}

async function compile(name: string): Promise<string> {
  const folder = join(defaultData, "native", `${name}-x86-64-v3`);
  const product = join(folder, "node_modules/smart-whisper/build/Release/smart-whisper.node");
  if (await exists(product)) return product;
  // Two makers at once build apart; who is second finds the first one's.
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(partial), { recursive: true });
  const flags = "-O3 -march=x86-64-v3";
  const store = join(root, "node_modules/.pnpm");
  try {
    await execa("cp", ["-a", join(store, name), partial]);
    const modules = join(partial, "node_modules");
    // Links into the store are relative to it; from here they are absolute.
    for (const entry of await readdir(modules, { withFileTypes: true })) {
      if (!entry.isSymbolicLink()) continue;
      const link = join(modules, entry.name);
      const to = await realpath(join(store, name, "node_modules", entry.name));
      await rm(link);
      await symlink(to, link);
    }
    const home = join(modules, "smart-whisper");
    await rm(join(home, "build"), { recursive: true, force: true });
    await execa(process.execPath, [await nodeGyp(), "rebuild", "--jobs", "2"], {
      cwd: home,
      env: fetchingEnvironment({ CFLAGS: flags, CXXFLAGS: flags, npm_config_nodedir: dirname(dirname(process.execPath)) }),
      extendEnv: false,
    });
    if (await exists(product)) return product;
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return product;
  } catch (error) {
    if (error instanceof KitError) throw error;
    throw new KitError("step-failed", { step: "node-gyp rebuild smart-whisper -march=x86-64-v3" }, error);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The builder that installing used: pnpm brings its own; a machine's npm has one too. */
async function nodeGyp(): Promise<string> {
  const tools = join(root, ".tools");
  const pnpms = (await readdir(tools).catch(() => [])).filter((name) => name.startsWith("pnpm-"));
  const places = [
    ...pnpms.map((name) => join(tools, name, "node_modules/pnpm/dist/node_modules")),
    join(root, "node_modules/.pnpm/node_modules"),
    "/usr/lib/node_modules/npm/node_modules",
    "/usr/share/nodejs",
  ];
  for (const place of places) {
    const file = join(place, "node-gyp/bin/node-gyp.js");
    if (await exists(file)) return file;
  }
  throw new KitError("packages-missing", { packages: "node-gyp", line: "apt-get install -y --no-install-recommends node-gyp" });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
