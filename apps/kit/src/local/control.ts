import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { KitError } from "../errors.ts";
import type { ProcessStatus } from "./supervisor.ts";

/** A local run listens on a Unix socket in its data folder: whoever holds the socket holds the folder. */

export interface LocalStatus {
  readonly pid: number;
  readonly startedAt: number;
  readonly ready: boolean;
  readonly processes: readonly ProcessStatus[];
}

export interface Control {
  close(): Promise<void>;
}

const requestSchema = z.object({ ask: z.enum(["status", "down"]) });

/** The path of a Unix socket may have 107 bytes; a deeper data folder gets one in the temporary folder. */
export function controlPath(data: string): string {
  const path = join(data, "control.sock");
  if (Buffer.byteLength(path) <= 100) return path;
  const name = createHash("sha256").update(data).digest("hex").slice(0, 24);
  return join(tmpdir(), `yizhan-${process.getuid?.() ?? 0}-${name}.sock`);
}

/**
 * Takes the data folder for this process. Throws `already-running` where another run answers;
 * a socket that nobody answers was left by a killed run and is replaced.
 */
export async function takeControl(
  data: string,
  handlers: { status: () => LocalStatus; down: () => Promise<void> },
): Promise<Control> {
  const path = controlPath(data);
  const other = await ask(data, "status");
  if (other !== undefined) throw new KitError("already-running", { pid: other.pid, path: data });
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).once("line", (line) => {
      const request = requestSchema.safeParse(parseJson(line));
      if (!request.success) return socket.end();
      if (request.data.ask === "status") return socket.end(`${JSON.stringify(handlers.status())}\n`);
      socket.write(`${JSON.stringify(handlers.status())}\n`);
      // The socket stays open until all has stopped: the asker waits for its end.
      return void handlers.down();
    });
  });
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.end();
      await closed;
      await rm(path, { force: true });
    },
  };
}

/** What the run on `data` says of itself, or undefined where none answers. */
export async function ask(data: string, question: "status" | "down"): Promise<LocalStatus | undefined> {
  const socket = connect(controlPath(data));
  try {
    await once(socket, "connect");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR") return undefined;
    throw error;
  }
  socket.write(`${JSON.stringify({ ask: question })}\n`);
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return parseJson(text) as LocalStatus | undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
