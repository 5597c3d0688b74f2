import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BackupError, type BackupErrorCode } from "@yizhan/store";
import { z } from "zod";
import type { BackupFiles } from "./make-backup.ts";

/** A running station makes its own backup: it alone may open its embedded databases. Lines of JSON over a Unix socket, 0600. */
const answerSchema = z.union([
  z.object({ progress: z.number() }),
  z.object({ done: z.object({ file: z.string(), keysFile: z.string(), bytes: z.number() }) }),
  z.object({ failed: z.object({ code: z.string(), message: z.string() }) }),
]);
type Answer = z.infer<typeof answerSchema>;

export interface BackupDoor {
  close(): Promise<void>;
}

/** The path of a Unix socket may have 107 bytes; a deeper folder gets one in the temporary folder. */
function doorPath(folder: string): string {
  const path = join(folder, "backup.sock");
  if (Buffer.byteLength(path) <= 100) return path;
  return join(tmpdir(), `yizhan-${createHash("sha256").update(folder).digest("hex").slice(0, 24)}.sock`);
}

/** Listens for whoever may open the socket: the station's own user, and root. Call with the folder's lock held. */
export async function openDoor(
  folder: string,
  makeBackup: (progress: (rows: number) => void) => Promise<BackupFiles>,
): Promise<BackupDoor> {
  const path = doorPath(folder);
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const say = (answer: Answer) => socket.writable && socket.write(`${JSON.stringify(answer)}\n`);
    createInterface({ input: socket }).once("line", () => {
      // One after the other: both would write the key store's file.
      last = last.then(() =>
        makeBackup((rows) => say({ progress: rows })).then(
          (done) => socket.end(`${JSON.stringify({ done } satisfies Answer)}\n`),
          (error: unknown) => socket.end(`${JSON.stringify(failure(error))}\n`),
        ),
      );
    });
  });
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await last;
      for (const socket of sockets) socket.end();
      await closed;
      await rm(path, { force: true });
    },
  };
}

function failure(error: unknown): Answer {
  if (error instanceof BackupError) return { failed: { code: error.code, message: error.message } };
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal";
  return { failed: { code, message: `The station could not make the backup (${code}).` } };
}

/** Asks the station that runs on `folder` for a backup; undefined where none answers. Throws what it says. */
export async function askDoor(folder: string, progress: (rows: number) => void): Promise<BackupFiles | undefined> {
  const socket = connect(doorPath(folder));
  try {
    await once(socket, "connect");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
    throw error;
  }
  socket.write("backup\n");
  for await (const line of createInterface({ input: socket })) {
    const answer = answerSchema.parse(JSON.parse(line));
    if ("progress" in answer) progress(answer.progress);
    else if ("done" in answer) return answer.done;
    else throw asError(answer.failed);
  }
  throw new Error("The station stopped before the backup was made.");
}

function asError({ code, message }: { code: string; message: string }): Error {
  return isBackupCode(code) ? new BackupError(code, message) : new Error(message);
}

function isBackupCode(code: string): code is BackupErrorCode {
  return code === "target-not-writable" || code === "file-missing" || code === "file-damaged" || code === "in-use";
}
