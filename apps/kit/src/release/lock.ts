import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { childEnvironment } from "../environment.ts";
import { KitError } from "../errors.ts";

/**
 * One maker of releases at a time in a folder, whichever process it is of: pages, packages and models are fetched into shared
 * places. The lock is the kernel's own and goes with its holder, however that ends.
 */
export async function oneMaker<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const holder = spawn("flock", [join(folder, ".lock"), "sh", "-c", "echo held; exec cat"], {
    env: childEnvironment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const failed = once(holder, "exit").then(() => {
    throw new KitError("step-failed", { step: `flock ${folder}` });
  });
  failed.catch(() => undefined);
  await Promise.race([once(holder.stdout, "data"), failed]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}
