import { createHash } from "node:crypto";
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { childEnvironment, root } from "./environment.ts";
import { KitError } from "./errors.ts";

const sources = ["apps/web", "packages/locale", "packages/meet", "locales", "pnpm-lock.yaml"];

/** Builds the pages when a source is not what the build knows. Answers whether it built. */
export async function buildWeb(): Promise<boolean> {
  const stamp = join(root, "apps/web/dist/.sources");
  const sum = await sourceSum();
  const built = await readFile(stamp, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (built === sum) return false;
  const folder = join(root, "apps/web");
  try {
    await execa(join(folder, "node_modules/.bin/vite"), ["build"], {
      cwd: folder,
      env: childEnvironment({ CI: "true" }),
      extendEnv: false,
      all: true,
    });
  } catch (error) {
    throw new KitError("web-build-failed", { reason: outputOf(error) }, error);
  }
  await writeFile(stamp, sum);
  return true;
}

async function sourceSum(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) await add(join(root, source), hash);
  return hash.digest("hex");
}

async function add(path: string, hash: ReturnType<typeof createHash>): Promise<void> {
  const info = await stat(path);
  if (info.isFile()) {
    // By content: a copy of the checkout has other times, and is built all the same.
    hash.update(`${path.slice(root.length)} ${info.size}\n`).update(await readFile(path));
    return;
  }
  for (const entry of (await readdir(path)).toSorted()) {
    if (entry === "node_modules" || entry === "dist") continue;
    await add(join(path, entry), hash);
  }
}

/** The last lines of what a failed program printed, or why it did not run at all. */
function outputOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  const printed = String(error.all ?? "").trim();
  return printed === "" ? error.shortMessage : printed.split("\n").slice(-15).join("\n");
}
