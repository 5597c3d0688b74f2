import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Followed, follow } from "./command.ts";
import type { TestHost } from "./host.ts";
import { root } from "./local.ts";

/** A laptop: a folder with the command, a key and a passphrase, as the handbook has them. It goes with the host. */
export interface Laptop {
  readonly folder: string;
  /** Starts a line of the handbook; `fills` are put in place of its placeholders. */
  start(line: string, fills?: Readonly<Record<string, string>>): Followed;
  /** Runs one to its end, whatever its exit code. */
  run(line: string, fills?: Readonly<Record<string, string>>): Followed["ended"];
}

export async function laptopOf(host: Pick<TestHost, "folder" | "identity">): Promise<Laptop> {
  const folder = await mkdtemp(join(host.folder, "laptop-"));
  await mkdir(join(folder, ".ssh"), { mode: 0o700 });
  await copyFile(host.identity, join(folder, ".ssh/id_ed25519"));
  await writeFile(join(folder, "passphrase"), "four words for trials\n", { mode: 0o600 });
  // What the launcher at the root does once packages are there.
  const kit = `exec '${process.execPath}' --disable-warning=ExperimentalWarning '${root}/apps/kit/src/main.ts' "$@"`;
  await writeFile(join(folder, "yizhan"), `#!/bin/sh\n${kit}\n`, { mode: 0o755 });
  const start = (line: string, fills: Readonly<Record<string, string>> = {}) =>
    follow(
      spawn("sh", ["-euc", withFills(line, fills)], {
        cwd: folder,
        env: { ...process.env, HOME: folder, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  return { folder, start, run: (line, fills) => start(line, fills).ended };
}

/** A line with its placeholders filled in. */
export function withFills(line: string, fills: Readonly<Record<string, string>>): string {
  return Object.entries(fills).reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), line);
}

export interface TlsAnswer {
  readonly status: number;
  readonly body: string;
  readonly cookie: string;
}

export interface TlsRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A site as its visitors know it: its name, the one authority they trust, and where it really is. */
export interface TlsSite {
  readonly address: string;
  readonly name: string;
  readonly authority: string;
  /** Absent: 443. */
  readonly port?: number;
}

/** Asks a site by its name over TLS, trusting its authority only. */
export async function askOverTls(site: TlsSite, path: string, init: TlsRequest = {}): Promise<TlsAnswer> {
  const response = await answerOf(site, path, init);
  let body = "";
  for await (const chunk of response) body += String(chunk);
  const cookie = (response.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; ");
  return { status: response.statusCode ?? 0, body, cookie };
}

/** What a site says as it comes: for events that never end. */
export async function* streamOverTls(
  site: TlsSite,
  path: string,
  init: TlsRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const response = await answerOf(site, path, init, signal);
  for await (const chunk of response) yield String(chunk);
}

function answerOf(
  { address, name, authority, port }: TlsSite,
  path: string,
  init: TlsRequest,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: address,
        ...(port === undefined ? {} : { port }),
        servername: name,
        ca: authority,
        path,
        method: init.method ?? "GET",
        headers: { host: name, "content-type": "application/json", "x-yizhan": "1", ...init.headers },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    asked.on("error", reject);
    asked.end(init.body === undefined ? undefined : JSON.stringify(init.body));
  });
}

/** The road between two hosts: a port at this machine's side of one link that leads to the other host. */
export async function road(
  from: Pick<TestHost, "gateway">,
  to: Pick<TestHost, "address">,
  port: number,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((socket) => {
    const other = connect(port, to.address);
    // Whoever hangs up first ends both.
    socket.on("error", () => other.destroy());
    other.on("error", () => socket.destroy());
    socket.pipe(other).pipe(socket);
  });
  const close = closing(server);
  await listening(server, port, from.gateway);
  return { close };
}

/** A port of this machine that leads to one on a host's loopback; sshd there forwards nothing. */
export async function forward(host: Pick<TestHost, "connect">, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((socket) => {
    const inside = host.connect(port);
    socket.on("error", () => inside.kill());
    socket.on("close", () => inside.kill());
    // Whoever hangs up first ends both.
    inside.stdin.on("error", () => socket.destroy());
    inside.on("exit", () => socket.destroy());
    socket.pipe(inside.stdin);
    inside.stdout.pipe(socket);
  });
  const close = closing(server);
  await listening(server, 0, "127.0.0.1");
  const { port: local } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${local}`, close };
}

async function listening(server: Server, port: number, address: string): Promise<void> {
  server.listen(port, address);
  await once(server, "listening");
}

/** With what still goes through it: a client keeps a connection for a minute in case it asks again. */
function closing(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
}
