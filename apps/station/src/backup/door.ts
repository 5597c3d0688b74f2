import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AuditReport, auditReportSchema, BackupError, type BackupErrorCode, type BackupFiles } from "@yizhan/store";
import { z } from "zod";

/**
 * A running station makes its own backup and verifies its own audit log: it alone may open its embedded
 * databases. One line of JSON asks, lines of JSON answer, over a Unix socket, 0600.
 */
const requestSchema = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("backup") }),
  z.strictObject({ do: z.literal("audit"), checkpoints: z.array(z.string()) }),
]);
type Request = z.infer<typeof requestSchema>;

const filesSchema = z.object({ file: z.string(), keysFile: z.string(), bytes: z.number() });
const answerSchema = z.union([
  z.object({ progress: z.number() }),
  z.object({ done: z.unknown() }).refine((answer) => answer.done !== undefined),
  z.object({ failed: z.object({ code: z.string(), message: z.string() }) }),
]);
type Answer = z.infer<typeof answerSchema>;

export interface BackupDoor {
  close(): Promise<void>;
}

/** What is done for whoever knocks. */
export interface DoorWork {
  backup(progress: (rows: number) => void): Promise<BackupFiles>;
  audit(checkpoints: readonly string[]): Promise<AuditReport>;
}

/** The path of a Unix socket may have 107 bytes; a deeper folder gets one in the temporary folder. */
function doorPath(folder: string): string {
  const path = join(folder, "backup.sock");
  if (Buffer.byteLength(path) <= 100) return path;
  return join(tmpdir(), `yizhan-${createHash("sha256").update(folder).digest("hex").slice(0, 24)}.sock`);
}

/** Listens for whoever may open the socket: the station's own user, and root. Call with the folder's lock held. */
export async function openDoor(folder: string, work: DoorWork): Promise<BackupDoor> {
  const path = doorPath(folder);
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const say = (answer: Answer) => socket.writable && socket.write(`${JSON.stringify(answer)}\n`);
    createInterface({ input: socket }).once("line", (line) => {
      // One after the other: two backups would write the key store's file.
      last = last.then(() =>
        doWork(work, line, (rows) => say({ progress: rows })).then(
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

async function doWork(work: DoorWork, line: string, progress: (rows: number) => void): Promise<BackupFiles | AuditReport> {
  const request = requestSchema.parse(JSON.parse(line));
  return request.do === "backup" ? work.backup(progress) : work.audit(request.checkpoints);
}

function failure(error: unknown): Answer {
  if (error instanceof BackupError) return { failed: { code: error.code, message: error.message } };
  const code = error instanceof Error && "code" in error ? String(error.code) : "internal";
  return { failed: { code, message: `The station could not do it (${code}).` } };
}

/** Asks the station that runs on `folder` for a backup; undefined where none answers. Throws what it says. */
export async function askForBackup(folder: string, progress: (rows: number) => void): Promise<BackupFiles | undefined> {
  const done = await ask(folder, { do: "backup" }, progress);
  return done === undefined ? undefined : filesSchema.parse(done);
}

/** Asks it to verify its audit log. */
export async function askForAudit(folder: string, checkpoints: readonly string[]): Promise<AuditReport | undefined> {
  const done = await ask(folder, { do: "audit", checkpoints: [...checkpoints] }, () => undefined);
  return done === undefined ? undefined : auditReportSchema.parse(done);
}

async function ask(folder: string, request: Request, progress: (rows: number) => void): Promise<unknown> {
  const socket = connect(doorPath(folder));
  try {
    await once(socket, "connect");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
    throw error;
  }
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const answer = answerSchema.parse(JSON.parse(line));
    if ("progress" in answer) progress(answer.progress);
    else if ("failed" in answer) throw asError(answer.failed);
    else return answer.done;
  }
  throw new Error("The station stopped before it was done.");
}

function asError({ code, message }: { code: string; message: string }): Error {
  return isBackupCode(code) ? new BackupError(code, message) : new Error(message);
}

function isBackupCode(code: string): code is BackupErrorCode {
  return code === "target-not-writable" || code === "file-missing" || code === "file-damaged" || code === "in-use";
}
