import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { HostError } from "./errors.ts";
import { paths } from "./paths.ts";

const holderSchema = z.object({ pid: z.number(), started: z.string(), verb: z.string(), since: z.string() });
export type Holder = z.infer<typeof holderSchema>;

/**
 * One operator at a time. The lock names its process by id and start time, so that a lock left by a power cut, or an
 * id used again by something else, is not taken for a living one. Throws `locked`.
 */
export async function underLock<T>(verb: string, work: () => Promise<T>): Promise<T> {
  await mkdir(paths.host, { recursive: true, mode: 0o700 });
  for (let tries = 0; ; tries += 1) {
    const holder: Holder = {
      pid: process.pid,
      started: (await startOf(process.pid)) ?? "",
      verb,
      since: new Date().toISOString(),
    };
    // Written apart and linked: nobody ever sees an empty lock.
    const own = `${paths.lock}.${process.pid}`;
    await writeFile(own, JSON.stringify(holder), { mode: 0o600 });
    try {
      await link(own, paths.lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      await rm(own, { force: true });
    }
    const other = await lockHolder();
    if (other !== undefined)
      throw new HostError("locked", `Process ${other.pid} holds this host since ${other.since}: ${other.verb}.`);
    if (tries > 3) throw new HostError("locked", "Another run took the lock at the same moment.");
    await rm(paths.lock, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(paths.lock, { force: true });
  }
}

/** Who holds the lock and lives. */
export async function lockHolder(): Promise<Holder | undefined> {
  const text = await readFile(paths.lock, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = holderSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  return (await startOf(parsed.data.pid)) === parsed.data.started ? parsed.data : undefined;
}

/** When a process started: boot id and clock ticks since; proc(5), field 22 of stat. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return `${boot.trim()} ${fields[19] ?? ""}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
