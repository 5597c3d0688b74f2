import { once } from "node:events";
import { mkdir, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { BackupError } from "./errors.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a data folder for this process alone: PGlite's files bear one process. The lock is a name in Linux's
 * abstract socket space, made from the folder's device and inode: taking it is one step, and the kernel gives
 * it back when the process ends, however it ends. Throws `in-use`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  server.listen(`\0yizhan-data-${dev}-${ino}`);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new BackupError("in-use", `Another process works with ${folder}.`);
  }
  server.unref();
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
